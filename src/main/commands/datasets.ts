import type { Command } from 'commander'
import { summariseDatasets } from '../engine/store/datasets.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { line, print, say } from './output.ts'
import { told, words } from './words.ts'

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
        const counts = words('datasetCounts', {
          ...{ train: sum(train), val: sum(val), classes: classes.length },
        })
        const remark = present ? (problem ? told(problem) : '') : words('folderGone')
        print(`${name}  ${counts}  ${folder}  ${remark}`.trimEnd())
      }
      if (datasets.length === 0 && !json) say(words('noDatasets'))
    })
}
