import type { Command } from 'commander'
import { plainError } from '../../shared/errors.ts'
import type { RunSummary } from '../../shared/run.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { runFolders, summarise } from '../engine/store/runFolder.ts'
import { line, print, say } from './output.ts'
import { words } from './words.ts'

function told({ id, state, network, best, name }: RunSummary): string {
  const score = best ? `${best.correct} of ${best.total}` : '–'
  return `${id}  ${state.padEnd(11)} ${network.padEnd(20)} ${score.padEnd(12)} ${name}`
}

export function addRuns(program: Command): void {
  program
    .command('runs')
    .description('the runs in the data folder, oldest first')
    .addHelpText('after', '\nExample:\n  thaw runs --json')
    .action(async ({ json }: { json?: boolean }) => {
      const runs: RunSummary[] = []
      for (const folder of await runFolders(dataPaths(currentFolders()).runs))
        try {
          runs.push(await summarise(folder))
        } catch (error) {
          const { code, message, advice } = plainError(error)
          process.exitCode = 1
          if (json) line({ folder, error: { code, message } })
          else say(`${message} ${advice}`)
        }
      runs.sort((a, b) => (a.created < b.created ? -1 : 1))
      for (const run of runs)
        if (json) line(run)
        else print(told(run))
      if (runs.length === 0 && !json) say(words('noRuns'))
    })
}
