import path from 'node:path'
import type { Command } from 'commander'
import { currentFolders } from '../engine/store/paths.ts'
import { runFolderOf } from '../engine/store/runFolder.ts'
import { fork } from '../engine/training/fork.ts'
import { resume } from '../engine/training/train.ts'
import { filePath, wholeNumber } from './arguments.ts'
import { interrupted } from './interrupt.ts'
import { follow } from './runReport.ts'
import type { SettingFlags } from './settings.ts'
import { changesOf } from './settings.ts'
import { words } from './words.ts'

interface Options extends Pick<SettingFlags, 'plan' | 'epochs' | 'config'> {
  epoch: number
  name?: string
  out?: string
  json?: boolean
}

export function addFork(program: Command): void {
  program
    .command('fork')
    .description('goes on from a kept epoch of a run as a second run, with another plan or other settings')
    .argument('<run>', 'its id, name or folder')
    .requiredOption('--epoch <number>', 'the last epoch that both runs share', wholeNumber(1, 100_000))
    .option('--plan <plan>', 'what learns from the next epoch on: a name or a JSON file')
    .option('--epochs <number>', 'how many epochs the fork has in all', wholeNumber(1, 100_000))
    .option('--config <file>', 'other settings from there on, as JSON; flags win over it', filePath)
    .option('--name <name>', 'what the fork is called')
    .option(
      '--out <folder>',
      'the fork’s folder, absent or empty (default: one in the data folder)',
      filePath,
    )
    .addHelpText(
      'after',
      `
Every byte until that epoch is the same in both runs, which the receipt of that epoch proves; then “thaw compare” tests the two.

Example:
  thaw fork bees --epoch 2 --plan recipe --epochs 6 --name bees-thawed`,
    )
    .action(async (given: string, { epoch, name, out, json = false, ...flags }: Options) => {
      const { home } = currentFolders()
      const folder = await fork({
        home,
        from: await runFolderOf(home, given),
        epoch,
        changes: await changesOf(flags),
        ...(name !== undefined && { name }),
        ...(out !== undefined && { folder: path.resolve(out) }),
      })
      await follow(resume(folder, { home, signal: interrupted(words('stopping')) }), json)
    })
}
