import type { Command } from 'commander'
import { Option } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import { because } from '../../shared/reasons.ts'
import { exportRequest, writeList } from '../engine/datasets/exported.ts'
import { openDataset } from '../engine/datasets/openDataset.ts'
import { dayOf } from '../engine/filing/day.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { filePath, wholeNumber } from './arguments.ts'
import { bar } from './bar.ts'
import { carryOrShow } from './filing.ts'
import { interrupted } from './interrupt.ts'
import { line, print, saySlowNames } from './output.ts'
import { words } from './words.ts'

interface Options {
  to?: string
  csv?: string
  how: 'copy' | 'link'
  seed: number
  dryRun?: boolean
  json?: boolean
}

export function addExportDataset(program: Command): void {
  program
    .command('export-dataset')
    .description('writes a dataset as folders PART/CLASS/photo, or as a CSV list')
    .argument('<folder>', 'a folder of photos, a list, or a dataset’s name', filePath)
    .option('--to <folder>', 'write photos into folders there; nothing that is there is replaced', filePath)
    .addOption(
      new Option('--how <how>', 'copy the photos, or link to where they are')
        .choices(['copy', 'link'])
        .default('copy'),
    )
    .option(
      '--csv <file>',
      'write a list of paths, classes, parts and crops; the file must not be there',
      filePath,
    )
    .option('--seed <number>', 'draws the split where nothing gives one', wholeNumber(0, 2 ** 32 - 1), 1234)
    .option('--dry-run', 'show what would be written to folders, and write nothing')
    .addHelpText(
      'after',
      `
What was left out or has no label is not exported. Folders can be taken back by “thaw undo”.

Examples:
  thaw export-dataset bees --to ~/bees-sorted --how link
  thaw export-dataset bees --csv ~/bees.csv`,
    )
    .action(async (given: string, { to, csv, how, seed, dryRun = false, json = false }: Options) => {
      if ((to === undefined) === (csv === undefined)) throw new ThawError('usage', because('to-or-csv', {}))
      const signal = interrupted()
      const dataset = await openDataset(given, {
        seed,
        paths: dataPaths(currentFolders()),
        signal,
        onSlowNames: saySlowNames,
        onProgress: ({ done, total }) => bar.show(done, total, words('lookedAt', { total })),
      })
      bar.hide()
      if (csv !== undefined) {
        const photos = await writeList(csv, dataset)
        if (json) line({ file: csv, photos })
        else print(words('listWritten', { file: csv, total: photos }))
        return
      }
      await carryOrShow({ ...exportRequest(dataset, { how, target: to! }), dayOf }, { dryRun, json }, signal)
    })
}
