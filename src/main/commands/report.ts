import path from 'node:path'
import type { Command } from 'commander'
import { writeReport } from '../engine/report/report.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { runFolderOf } from '../engine/store/runFolder.ts'
import { filePath } from './arguments.ts'
import { spoken } from './language.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

export function addReport(program: Command): void {
  program
    .command('report')
    .description('writes a run as one HTML page that needs no network: scores, curves, classes, settings')
    .argument('<run>', 'its id, name or folder')
    .requiredOption('--out <file>', 'where to; a file that is there is replaced', filePath)
    .addHelpText('after', '\nExample:\n  thaw report bees --out bees.html')
    .action(async (run: string, { out, json }: { out: string; json?: boolean }) => {
      const folder = await runFolderOf(currentFolders().home, run)
      const written = await writeReport(folder, path.resolve(out), spoken())
      if (json) line(written)
      else print(words('written', { file: written.file, bytes: written.bytes.toLocaleString('en') }))
    })
}
