import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { ExportCheck, ExportFormat } from '../../shared/api/exchange.ts'
import { exportFormats } from '../../shared/api/exchange.ts'
import { ThawError } from '../../shared/errors.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { readRecord, runFolderOf } from '../engine/store/runFolder.ts'
import { bestWeightsOf } from '../engine/training/bestWeights.ts'
import { checkExport, exportedFile, exportRun } from '../engine/exchange/exportRun.ts'
import { filePath } from './arguments.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

interface Options {
  run: string
  format: ExportFormat
  out: string
  withPreparation?: boolean
  json?: boolean
}

function told({ parity, certificate }: ExportCheck): string[] {
  const { photos, largestLogitDifference, changedAnswers } = parity
  if (photos === 0) return ['The photos of the run are not there any more: nothing could be compared.']
  const by = certificate ? `With ${certificate.runtime}` : 'Read back,'
  const answers = `${by} it answers ${photos} photos with logits that differ by at most ${largestLogitDifference}; ${changedAnswers} answers changed.`
  if (!certificate) return [answers]
  const { network, photo, good, largestLogit } = certificate
  return [
    answers,
    ...(photo
      ? [
          `From equal pixels they differ by at most ${network.largestLogitDifference}; the rest comes from resizing.`,
        ]
      : []),
    good
      ? `The largest logit is ${largestLogit.toPrecision(3)}. A certificate lies beside the file.`
      : 'From equal pixels they differ by more than 0.001: do not rely on this file.',
  ]
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description(
      'writes a run’s best weights for other programs, and checks that the file answers as the run does',
    )
    .requiredOption('--run <run>', 'its id, name or folder')
    .addOption(
      new Option(
        '--format <format>',
        'safetensors, PyTorch’s own .pth, ONNX, a TensorFlow.js model with a page (--out is a folder), or a Python program with its weights beside it',
      )
        .choices(exportFormats)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'where to; a file that is there is replaced', filePath)
    .option(
      '--with-preparation',
      'ONNX that takes RGB bytes [batch, height, width, 3] and prepares them itself',
    )
    .addHelpText('after', '\nExample:\n  thaw export --run bees --format pth --out bees.pth')
    .action(async ({ run, format, out, withPreparation = false, json }: Options) => {
      const folder = await runFolderOf(currentFolders().home, run)
      const record = await readRecord(folder)
      const best = await bestWeightsOf(folder)
      const file = path.resolve(out)
      if (path.dirname(file) === folder)
        throw new ThawError('usage', { reason: 'The run’s own folder keeps its files as they are' })
      const exported = { record, weights: best, to: file, format, withPreparation }
      await exportRun(exported)
      const check = await checkExport(exported)
      const written = exportedFile(format, file)
      const { size: bytes } = await stat(written)
      if (json) {
        const { parity, certificate } = check
        line({ file: written, bytes, parity, ...(certificate && { certificate }) })
        return
      }
      print(words('written', { file, bytes: bytes.toLocaleString('en') }))
      for (const text of told(check)) print(text)
    })
}
