import type { Command } from 'commander'
import { doctor } from '../engine/doctor/doctor.ts'
import { line, print } from './output.ts'
import { tellError } from '../../shared/tellError.ts'
import { spoken } from './language.ts'
import { words } from './words.ts'

const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1)

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what this machine has for Thaw, and what to do about what is missing')
    .addHelpText('after', '\nExample:\n  thaw doctor --json')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await doctor()
      if (json) {
        line(found)
        return
      }
      const { backend, backendVersion, device, gpu, threads, memory, starterWeights, problems } = found
      print(
        backend
          ? words('computesWith', {
              backend: `${backend} ${backendVersion ?? ''}`.trim(),
              device,
              how: gpu === null ? words('threads', { count: threads }) : words('mode', { mode: gpu }),
            })
          : words('cannotCompute'),
      )
      print(words('memory', { available: gigabytes(memory.available), total: gigabytes(memory.total) }))
      print(words('starter', { path: starterWeights?.path ?? words('missing') }))
      for (const problem of problems) {
        const { message, advice } = tellError(problem, spoken())
        print(`- ${message} ${advice}`)
      }
    })
}
