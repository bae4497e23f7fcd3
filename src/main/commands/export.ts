import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { ExportCheck, ExportFormat } from '../../shared/api/exchange.ts'
import { exportFormats } from '../../shared/api/exchange.ts'
import { ThawError } from '../../shared/errors.ts'
import { because } from '../../shared/reasons.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { readRecordHere } from '../engine/store/datasetPasts.ts'
import { runFolderOf } from '../engine/store/runFolder.ts'
import { bestWeightsOf } from '../engine/training/bestWeights.ts'
import { checkExport, exportedFile, exportRun } from '../engine/exchange/exportRun.ts'
import { weightsBeside } from '../engine/exchange/starter.ts'
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

/** A difference of logits: two digits tell its size. */
const small = (difference: number): string => (difference === 0 ? '0' : difference.toPrecision(2))

function told({ parity, certificate }: ExportCheck): string[] {
  const { photos, largestLogitDifference, changedAnswers } = parity
  if (photos === 0) return [words('exportUnchecked')]
  const compared = { photos, difference: small(largestLogitDifference), changed: changedAnswers }
  const answers = certificate
    ? words('exportAnswers', { ...compared, runtime: certificate.runtime })
    : words('exportReadBack', compared)
  if (!certificate) return [answers]
  const { network, photo, file, good, largestLogit } = certificate
  return [
    answers,
    ...(photo ? [words('exportPixels', { difference: small(network.largestLogitDifference) })] : []),
    ...(file
      ? [
          words('exportFiles', {
            photos: file.photos,
            decoder: file.decoder,
            difference: small(file.largestLogitDifference),
          }),
        ]
      : []),
    ...(file && file.photos < photos ? [words('exportLeftOut', { photos: photos - file.photos })] : []),
    good ? words('exportGood', { logit: largestLogit.toPrecision(3) }) : words('exportBad'),
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
      const record = await readRecordHere(currentFolders().home, folder)
      const best = await bestWeightsOf(folder)
      const file = path.resolve(out)
      if (path.dirname(file) === folder) throw new ThawError('usage', because('keep-run-folder'))
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
      print(words('written', { file: written, bytes: bytes.toLocaleString('en') }))
      if (format === 'pytorch') print(words('exportBeside', { file: weightsBeside(file) }))
      if (format === 'tfjs') print(words('exportPage', { folder: file }))
      for (const text of told(check)) print(text)
    })
}
