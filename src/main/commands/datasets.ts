import type { Command } from 'commander'
import { summariseDatasets } from '../engine/store/datasets.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { line, print, say } from './output.ts'

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)

export function addDatasets(program: Command): void {
  program
    .command('datasets')
    .description('the folders of photos that were added in the app')
    .addHelpText('after', '\nExample:\n  thaw datasets --json')
    .action(async ({ json }: { json?: boolean }) => {
      const datasets = await summariseDatasets(dataPaths(currentFolders()).datasets)
      for (const dataset of datasets) {
        if (json) {
          line(dataset)
          continue
        }
        const { name, classes, train, val, folder, present, problem } = dataset
        const counts = `${sum(train)} + ${sum(val)} photos, ${classes.length} classes`
        const remark = present ? (problem?.message ?? '') : 'The folder is not there.'
        print(`${name}  ${counts}  ${folder}  ${remark}`.trimEnd())
      }
      if (datasets.length === 0 && !json) say('There are no datasets yet.')
    })
}
