import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import { comparedOnPhotos } from '../engine/classify/parity.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { readRecord, runFolderOf } from '../engine/store/runFolder.ts'
import { bestWeightsOf } from '../engine/training/bestWeights.ts'
import type { ExportFormat } from '../engine/weights/export.ts'
import { exportFormats, exportWeights } from '../engine/weights/export.ts'
import { line, print } from './output.ts'

interface Options {
  run: string
  format: ExportFormat
  out: string
  json?: boolean
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description(
      'writes a run’s best weights for other programs, and checks that the file answers as the run does',
    )
    .requiredOption('--run <run>', 'its id, name or folder')
    .addOption(
      new Option('--format <format>', 'safetensors, or PyTorch’s own .pth')
        .choices(exportFormats)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'where to; a file that is there is replaced')
    .addHelpText('after', '\nExample:\n  thaw export --run bees --format pth --out bees.pth')
    .action(async ({ run, format, out, json }: Options) => {
      const folder = await runFolderOf(currentFolders().home, run)
      const record = await readRecord(folder)
      const best = await bestWeightsOf(folder)
      const file = path.resolve(out)
      if (path.dirname(file) === folder)
        throw new ThawError('usage', { reason: 'The run’s own folder keeps its files as they are' })
      await exportWeights(best, file, format)
      const parity = await comparedOnPhotos(record, best, file)
      const { size: bytes } = await stat(file)
      if (json) {
        line({ file, bytes, parity })
        return
      }
      print(`Written to ${file}, ${bytes.toLocaleString('en')} bytes.`)
      print(
        parity.photos === 0
          ? 'The photos of the run are not there any more: nothing could be compared.'
          : `Read back, it answers ${parity.photos} photos with logits that differ by at most ${parity.largestLogitDifference}; ${parity.changedAnswers} answers changed.`,
      )
    })
}
