import type { Command } from 'commander'
import { Option } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import type { EvaluationReport } from '../../shared/evaluation/report.ts'
import { tellsTemperature } from '../../shared/evaluation/temperature.ts'
import { photoExtensions } from '../../shared/photoFiles.ts'
import { openDataset } from '../engine/datasets/openDataset.ts'
import { hasOwnSplit } from '../engine/datasets/split.ts'
import type { Part } from '../engine/evaluation/evaluateFolder.ts'
import { evaluateFolder } from '../engine/evaluation/evaluateFolder.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { filePath } from './arguments.ts'
import { bar } from './bar.ts'
import { interrupted } from './interrupt.ts'
import { columns, line, padEnd, padStart, print, say, sayLeftOut, saySlowNames } from './output.ts'
import { accuracyText, told as toldFailure, words } from './words.ts'

interface Options {
  run: string
  part?: Part
  json?: boolean
}

const share = (value: number | null): string => (value === null ? '–' : value.toFixed(3)).padStart(9)

function told(report: EvaluationReport): string[] {
  const { loss, brier, calibrationError, scaled } = report
  const width = Math.max(6, ...report.classes.map((it) => columns(it.class)))
  const names = [words('precision'), words('recall'), 'F1', 'AP', words('photos')]
  const header = names.map((name) => padStart(name, 9)).join('')
  return [
    accuracyText(report),
    words('losses', { loss: loss.toFixed(4), brier: brier.toFixed(4), error: calibrationError.toFixed(4) }),
    tellsTemperature(scaled.temperature)
      ? words('atTemperature', {
          error: scaled.calibrationError.toFixed(4),
          temperature: scaled.temperature.toFixed(2),
        })
      : words('noTemperature'),
    `${padEnd(words('class'), width)}${header}`,
    ...report.classes.map(
      (it) =>
        `${padEnd(it.class, width)}${[it.precision, it.recall, it.f1, it.averagePrecision].map(share).join('')}${String(it.support).padStart(9)}`,
    ),
  ]
}

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('lets a run answer photos whose folders name their classes, and says how well')
    .argument('<folder>', 'a folder of photos, one folder a class, or a dataset’s name', filePath)
    .requiredOption('--run <run>', 'its id, name or folder')
    .addOption(
      new Option(
        '--part <part>',
        'which photos (default: val where the folder or list has train and val, else all)',
      ).choices(['train', 'val', 'test', 'all']),
    )
    .addHelpText(
      'after',
      `
Photos that cannot be read are named and left out; the exit code is then 1. Pictures that are no photos (GIF, SVG …) are named.

Example:
  thaw evaluate garden/ --run bees --json`,
    )
    .action(async (given: string, { run, part, json }: Options) => {
      const signal = interrupted()
      const { home, cache } = currentFolders()
      const paths = dataPaths({ home, cache })
      const dataset = await openDataset(given, { seed: 0, paths, signal, onSlowNames: saySlowNames })
      const chosen = part ?? (hasOwnSplit(dataset) ? 'val' : 'all')
      const { folder } = dataset
      if (dataset.photos.length === 0)
        throw new ThawError('dataset.no-photos', { folder, extensions: photoExtensions.join(' ') })
      if (!dataset.photos.some(({ split }) => chosen === 'all' || split === chosen))
        throw new ThawError('dataset.part-empty', { folder, part: chosen })
      const onProgress = ({ done, total }: { done: number; total: number }) =>
        bar.show(done, total, words('ofPhotos', { total }))
      const { report, failed } = await evaluateFolder({
        ...{ home, run, dataset, part: chosen, signal, onProgress },
      })
      bar.hide()
      sayLeftOut(dataset)
      for (const one of [...dataset.unreadable, ...failed.map(({ error }) => error)]) say(toldFailure(one))
      if (dataset.unreadable.length + failed.length > 0) process.exitCode = 1
      if (json) line({ part: chosen, ...report, otherPictures: dataset.otherPictures ?? [] })
      else for (const text of told(report)) print(text)
    })
}
