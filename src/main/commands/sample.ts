import type { Command } from 'commander'
import { drawSample } from '../engine/sample/drawSample.ts'
import { line } from './output.ts'

export function addSample(program: Command): void {
  program
    .command('sample')
    .description('draws a small set of photos of two classes, to try Thaw with')
    .argument('<folder>', 'absent or empty')
    .option('--seed <number>', 'another seed draws another set', Number, 1234)
    .action(async (folder: string, { seed, json }: { seed: number; json?: boolean }) => {
      await drawSample(folder, { seed })
      if (json) line({ folder })
      else console.log(`Drawn into ${folder}.`)
    })
}
