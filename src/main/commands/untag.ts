import type { Command } from 'commander'
import { filePaths } from './arguments.ts'
import { filePhotos } from './filing.ts'
import { interrupted } from './interrupt.ts'
import { photosAt } from './photosAt.ts'

interface Options {
  prefix: string
  dryRun?: boolean
  json?: boolean
}

export function addUntag(program: Command): void {
  program
    .command('untag')
    .description('takes Thaw’s keywords off photos again, whenever they were written')
    .argument('<paths...>', 'photos, or folders of them', filePaths)
    .option('--prefix <keyword>', 'what the keywords lie under', 'Thaw')
    .option('--dry-run', 'shows what would be done, and keeps the list for: thaw file')
    .addHelpText(
      'after',
      `
All keywords under the prefix are taken off, and the flat ones that stand for them; all others stay. Taken back by: thaw undo.

Example:
  thaw untag holiday/ --dry-run`,
    )
    .action(async (given: string[], options: Options) => {
      const signal = interrupted()
      const photos = (await photosAt(given, undefined, signal)).map((file) => ({ file, class: '' }))
      const how = { how: 'untag', pattern: '{name}', clash: 'skip' } as const
      await filePhotos(photos, { ...options, ...how }, signal)
    })
}
