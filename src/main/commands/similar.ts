import path from 'node:path'
import type { Command } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import { bankOf } from '../engine/bank/bank.ts'
import { nearest } from '../engine/bank/neighbours.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { filePath, wholeNumber } from './arguments.ts'
import type { FeatureFlags } from './features.ts'
import { fileOf, openFeatures, withFeatureFlags } from './features.ts'
import { interrupted } from './interrupt.ts'
import { line, print } from './output.ts'

interface Options extends FeatureFlags {
  in: string
  top: number
  json?: boolean
}

export function addSimilar(program: Command): void {
  withFeatureFlags(program.command('similar'))
    .description('the photos of a folder that are most like one photo')
    .argument('<photo>', 'the photo', filePath)
    .requiredOption('--in <folder>', 'where to look: a folder of photos, or a dataset’s name', filePath)
    .option('--top <number>', 'how many to tell', wholeNumber(1, 10_000), 10)
    .addHelpText(
      'after',
      `
The distance is 1 − the cosine of the angle between their features: 0 for the same, about 1 for what has nothing in common.
The photo itself is not among them.

Example:
  thaw similar bee.jpg --in garden/ --top 5`,
    )
    .action(async (given: string, { in: where, top, json, ...flags }: Options) => {
      const signal = interrupted()
      const { dataset, photos, features, network } = await openFeatures(where, flags, signal)
      try {
        const file = path.resolve(given)
        const folder = dataPaths(currentFolders()).features
        const asked = await bankOf({ ...network, photos: [{ file }], folder }, { signal })
        const [failed] = asked.failed
        if (failed) throw new ThawError(failed.error.code, failed.error.parameters)
        const similar = nearest(features, asked.features.values, top + 1)
          .map(({ index, distance }) => ({
            photo: fileOf(dataset, photos[index]!),
            class: dataset.classes[photos[index]!.class]!,
            distance,
          }))
          .filter(({ photo }) => photo !== file)
          .slice(0, top)
        if (json) line({ photo: file, similar, network: network.opened.network.name })
        else for (const it of similar) print(`${it.distance.toFixed(4)}  ${it.class}  ${it.photo}`)
      } finally {
        network.opened.weights.dispose()
      }
    })
}
