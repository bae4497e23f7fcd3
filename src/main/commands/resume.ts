import type { Command } from 'commander'
import { currentFolders } from '../engine/store/paths.ts'
import { runFolderOf } from '../engine/store/runFolder.ts'
import { resume } from '../engine/training/train.ts'
import { interrupted } from './interrupt.ts'
import { follow } from './runReport.ts'
import { words } from './words.ts'

interface Options {
  allowDifferent?: boolean
  json?: boolean
}

export function addResume(program: Command): void {
  program
    .command('resume')
    .description('goes on with a run that was stopped, failed or was killed, from its last checkpoint')
    .argument('<run>', 'its id, name or folder')
    .option('--allow-different', 'also on another processor or backend; the last bits may then differ')
    .addHelpText('after', '\nExamples:\n  thaw resume bees\n  thaw resume /tmp/run')
    .action(async (run: string, { allowDifferent = false, json = false }: Options) => {
      const { home } = currentFolders()
      const signal = interrupted(words('stopping'))
      await follow(resume(await runFolderOf(home, run), { home, signal, allowDifferent }), json)
    })
}
