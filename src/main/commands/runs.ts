import type { Command } from 'commander'
import { currentFolders, placesIn } from '../engine/store/paths.ts'
import { runFolders, summarise } from '../engine/store/runFolder.ts'
import { line } from './output.ts'

export function addRuns(program: Command): void {
  program
    .command('runs')
    .description('the runs in the data folder')
    .action(async ({ json }: { json?: boolean }) => {
      for (const folder of await runFolders(placesIn(currentFolders()).runs)) {
        const run = await summarise(folder)
        if (json) line(run)
        else {
          const best = run.best ? `${run.best.correct} of ${run.best.total}` : '–'
          console.log(
            `${run.id}  ${run.state.padEnd(11)} ${run.network.padEnd(20)} ${best.padEnd(12)} ${run.name}`,
          )
        }
      }
    })
}
