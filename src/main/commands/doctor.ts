import type { Command } from 'commander'
import { doctor } from '../engine/doctor/doctor.ts'
import { line } from './output.ts'

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what this machine has for Thaw, and what to do about what is missing')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await doctor()
      if (json) {
        line(found)
        return
      }
      console.log(
        `Computes with ${found.backend ?? 'nothing'} ${found.backendVersion ?? ''} on ${found.device}, ${found.threads} threads.`,
      )
      console.log(
        `Memory: ${(found.memory.available / 2 ** 30).toFixed(1)} of ${(found.memory.total / 2 ** 30).toFixed(1)} GB free.`,
      )
      console.log(`Starter weights: ${found.starterWeights ? found.starterWeights.path : 'missing'}`)
      for (const problem of found.problems) console.log(`- ${problem.what} ${problem.advice}`)
    })
}
