import path from 'node:path'
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { stat } from 'node:fs/promises'
import type { Shares } from '../../shared/model/melt.ts'
import { MeltedRun } from '../engine/evaluation/meltedRun.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { runFolderOf } from '../engine/store/runFolder.ts'
import { filePath } from './arguments.ts'
import { interrupted } from './interrupt.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

/** “features=0.5”; “=0.5” is the whole network. */
function shareAt(text: string, before: Shares = {}): Shares {
  const at = text.lastIndexOf('=')
  const share = Number(text.slice(at + 1))
  if (at === -1 || text.slice(at + 1).trim() === '' || !(share >= 0 && share <= 1))
    throw new InvalidArgumentError('It is a layer, “=” and a number from 0 to 1, such as features=0.5.')
  return { ...before, [text.slice(0, at)]: share }
}

export function addMelt(program: Command): void {
  program
    .command('melt')
    .description('sets a run’s layers between where they began and what they learnt, and evaluates it so')
    .argument('<run>', 'its id, name or folder')
    .requiredOption(
      '--keep <layer=share>',
      'how much of what a layer learnt is kept: 0 is its start, 1 what it learnt; several times; holds for all below it',
      shareAt,
    )
    .option(
      '--out <file>',
      'writes the weights as a safetensors file with this recipe in its metadata',
      filePath,
    )
    .addHelpText(
      'after',
      `
Evaluated are the run's validation photos, from kept features up to the first layer that is not as it was learnt.

Example:
  thaw melt bees --keep features=0.5 --keep classifier=1 --out bees-half.safetensors`,
    )
    .action(async (given: string, { keep, out, json }: { keep: Shares; out?: string; json?: boolean }) => {
      const run = await MeltedRun.open(await runFolderOf(currentFolders().home, given))
      try {
        const { score, learnt, flips } = await run.answer(keep, interrupted())
        const file = out === undefined ? undefined : path.resolve(out)
        if (file !== undefined) await run.save(keep, file)
        const nameOf = (index: number) => run.record.classes[index]!
        const named = flips.map(({ photo, truth, before, after }) => ({
          ...{ photo, class: nameOf(truth), before: nameOf(before), after: nameOf(after) },
        }))
        const written = file === undefined ? {} : { file, bytes: (await stat(file)).size }
        if (json) line({ ...score, learnt, flips: named, ...written })
        else {
          const { correct, total, accuracy, interval, loss } = score
          const [low, high] = interval.map((it) => it.toFixed(3)) as [string, string]
          const text = { correct, total, accuracy: accuracy.toFixed(3), low, high, loss: loss.toFixed(4) }
          print(words('score', text))
          print(words('melted', { flips: flips.length, correct: learnt.correct, total: learnt.total }))
          if (written.file)
            print(words('written', { file: written.file, bytes: written.bytes.toLocaleString('en') }))
        }
      } finally {
        await run.close()
      }
    })
}
