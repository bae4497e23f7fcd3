import path from 'node:path'
import type { Command } from 'commander'
import { Argument } from 'commander'
import type { WeightDifference } from '../../shared/api/models.ts'
import { figure } from '../../shared/figure.ts'
import { compareWeights } from '../engine/weights/difference.ts'
import { openWeights } from '../engine/weights/index.ts'
import { filePath } from './arguments.ts'
import { interrupted } from './interrupt.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

/** Rows that are told; `--json` has all. */
const mostTold = 20

const percent = (share: number | null): string => (share === null ? '–' : `${figure(100 * share)}%`)

/** The lines that tell of a comparison, without --json. */
export function told({ changed, layers, same, onlyA, onlyB, misshapen }: WeightDifference): string[] {
  const shape = (of: readonly number[]) => `[${of.join(', ')}]`
  return [
    words('compared', { changed: changed.length, same }),
    ...(layers.length > 0 ? [words('layersMoved')] : []),
    ...layers.slice(0, mostTold).map(({ name, relative }) => `  ${name.padEnd(44)} ${percent(relative)}`),
    ...(changed.length > 0 ? [words('tensorsMoved')] : []),
    ...changed
      .slice(0, mostTold)
      .map(
        ({ name, relative, largest, values, count }) =>
          `  ${name.padEnd(44)} ${percent(relative).padStart(9)}  ${largest === null ? '–' : figure(largest)}  ${values}/${count}`,
      ),
    ...onlyA.map((name) => `  − ${name}`),
    ...onlyB.map((name) => `  + ${name}`),
    ...misshapen.map(({ name, a, b }) => `  ${name}: ${shape(a)} ≠ ${shape(b)}`),
  ]
}

export function addWeights(program: Command): void {
  program
    .command('weights')
    .description('two weight files side by side: which tensors differ, by how much, which layers moved most')
    .addArgument(new Argument('<act>', 'what to do').choices(['compare']))
    .argument('<a>', 'a weight file', filePath)
    .argument('<b>', 'another one', filePath)
    .addHelpText(
      'after',
      `
“Moved” is the length of the step as a share of the tensor’s own length.

Example:
  thaw weights compare start.pth run/best.safetensors --json`,
    )
    .action(async (_: string, first: string, second: string, { json }: { json?: boolean }) => {
      const files = [path.resolve(first), path.resolve(second)] as const
      const a = await openWeights(files[0])
      try {
        const b = await openWeights(files[1])
        try {
          const difference = await compareWeights(a, b, interrupted())
          if (json) line({ a: files[0], b: files[1], ...difference })
          else told(difference).forEach(print)
        } finally {
          await b.close()
        }
      } finally {
        await a.close()
      }
    })
}
