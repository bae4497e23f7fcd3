import path from 'node:path'
import type { Command } from 'commander'
import { writeSafetensors } from '../engine/weights/safetensors-writer.ts'
import { filePath } from './arguments.ts'
import type { FeatureFlags } from './features.ts'
import { fileOf, openFeatures, withFeatureFlags } from './features.ts'
import { interrupted } from './interrupt.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

interface Options extends FeatureFlags {
  out: string
  json?: boolean
}

export function addBank(program: Command): void {
  withFeatureFlags(program.command('bank'))
    .description('writes what a network finds in photos, before its last layer, as a table of numbers')
    .argument('<folder>', 'a folder of photos, one folder a class, or a dataset’s name', filePath)
    .requiredOption('--out <file>', 'the safetensors file to write', filePath)
    .addHelpText(
      'after',
      `
What was computed once is kept by each photo’s content: a second time costs next to nothing.

Example:
  thaw bank garden/ --out garden.safetensors --json`,
    )
    .action(async (given: string, { out, json, ...flags }: Options) => {
      const { dataset, photos, features, computed, network } = await openFeatures(given, flags, interrupted())
      network.opened.weights.dispose()
      const file = path.resolve(out)
      const { rows, columns, values } = features
      await writeSafetensors(
        file,
        [{ name: 'features', shape: [rows, columns], dtype: 'float32', values: () => values }],
        {
          photos: JSON.stringify(photos.map((photo) => fileOf(dataset, photo))),
          classes: JSON.stringify(photos.map((photo) => dataset.classes[photo.class])),
        },
      )
      if (json)
        line({ file, photos: rows, features: columns, computed, network: network.opened.network.name })
      else
        print(
          words('features', { photos: rows, columns, computed, file, network: network.opened.network.title }),
        )
    })
}
