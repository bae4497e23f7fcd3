import type { Command } from 'commander'
import { doctor } from '../engine/doctor/doctor.ts'
import { line, print } from './output.ts'

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
          ? `Computes with ${backend} ${backendVersion ?? ''} on ${device}, ${gpu === null ? `${threads} threads` : `mode “${gpu}”`}.`
          : 'Nothing here can compute.',
      )
      print(`Memory: ${gigabytes(memory.available)} of ${gigabytes(memory.total)} GB free.`)
      print(`Starter weights: ${starterWeights?.path ?? 'missing'}`)
      for (const problem of problems) print(`- ${problem.what} ${problem.advice}`)
    })
}
