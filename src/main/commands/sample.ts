import path from 'node:path'
import type { Command } from 'commander'
import { drawSample } from '../engine/sample/drawSample.ts'
import { wholeNumber } from './arguments.ts'
import { bar } from './bar.ts'
import { interrupted } from './interrupt.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

interface Options {
  seed: number
  train: number
  val: number
  json?: boolean
}

export function addSample(program: Command): void {
  program
    .command('sample')
    .description('draws a small set of photos of two classes, to try Thaw with')
    .argument('<folder>', 'absent or empty')
    .option('--seed <number>', 'another seed draws another set', wholeNumber(0, 2 ** 32 - 1), 1234)
    .option('--train <number>', 'photos to train with', wholeNumber(2, 100_000), 60)
    .option('--val <number>', 'photos to validate with', wholeNumber(2, 100_000), 40)
    .addHelpText('after', '\nExample:\n  thaw sample /tmp/sample && thaw train /tmp/sample')
    .action(async (folder: string, { json, ...options }: Options) => {
      await drawSample(folder, {
        ...options,
        signal: interrupted(),
        onProgress: ({ done, total }) => bar.show(done, total, words('ofPhotos', { total })),
      })
      bar.hide()
      if (json) line({ folder: path.resolve(folder), train: options.train, val: options.val })
      else print(words('drawn', { folder, train: options.train, val: options.val }))
    })
}
