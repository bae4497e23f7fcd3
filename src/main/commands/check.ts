import path from 'node:path'
import type { Command } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import type { Finding } from '../../shared/findings.ts'
import { openFeatureNetwork } from '../engine/bank/datasetBank.ts'
import { photoExtensions } from '../../shared/photoFiles.ts'
import { openDataset } from '../engine/datasets/openDataset.ts'
import { checkDataset } from '../engine/findings/check.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { filePath } from './arguments.ts'
import { bar } from './bar.ts'
import type { FeatureFlags } from './features.ts'
import { sourceOf, withFeatureFlags } from './features.ts'
import { interrupted } from './interrupt.ts'
import { line, print, sayLeftOut, saySlowNames } from './output.ts'
import { words } from './words.ts'

interface Options extends FeatureFlags {
  json?: boolean
}

const told = ({ finding, photos, detail }: Finding): string =>
  `${words(`finding_${finding}`)}: ${photos.join(', ')}  ${JSON.stringify(detail)}`

export function addCheck(program: Command): void {
  withFeatureFlags(program.command('check'))
    .description(
      'looks for what is wrong with photos: broken, blurred, double, in two parts, likely mislabelled …',
    )
    .argument('<folder>', 'a folder of photos, one folder a class, or a dataset’s name', filePath)
    .addHelpText(
      'after',
      `
It finds and changes nothing. Likely mislabels are told most likely first.

Example:
  thaw check garden/ --json`,
    )
    .action(async (given: string, { json, ...flags }: Options) => {
      const signal = interrupted()
      const folders = currentFolders()
      const dataset = await openDataset(given, {
        seed: 0,
        paths: dataPaths(folders),
        signal,
        onSlowNames: saySlowNames,
      })
      sayLeftOut(dataset)
      if (dataset.photos.length + dataset.unreadable.length === 0)
        throw new ThawError('dataset.no-photos', {
          folder: dataset.folder,
          extensions: photoExtensions.join(' '),
        })
      const network = await openFeatureNetwork(folders.home, sourceOf(flags))
      try {
        const onProgress = ({ done, total }: { done: number; total: number }) =>
          bar.show(done, total, words('checked'))
        const findings = await checkDataset(dataset, network, folders, { signal, onProgress })
        bar.hide()
        const counts: Record<string, number> = {}
        for (const one of findings) {
          counts[one.finding] = (counts[one.finding] ?? 0) + 1
          const photos = one.photos.map((photo) => path.resolve(dataset.folder, photo))
          if (json) line({ ...one, photos })
          else print(told(one))
        }
        const photos = dataset.photos.length + dataset.unreadable.length
        const { otherPictures = [] } = dataset
        const { name, title } = network.opened.network
        if (json) line({ type: 'checked', photos, findings: counts, otherPictures, network: name })
        else
          print(
            `${words('findings', { count: findings.length, photos })} (${words('by', { network: title })})`,
          )
      } finally {
        network.opened.weights.dispose()
      }
    })
}
