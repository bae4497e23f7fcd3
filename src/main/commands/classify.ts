import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import type { ClassifiedPhoto } from '../engine/classify/classify.ts'
import { classify } from '../engine/classify/classify.ts'
import type { TableRow } from '../engine/classify/table.ts'
import { answersAsCsv } from '../engine/classify/table.ts'
import { photoExtensions } from '../engine/datasets/extensions.ts'
import { byCodePoint } from '../engine/datasets/order.ts'
import { findPhotos } from '../engine/datasets/walk.ts'
import { writeAtomic } from '../engine/files.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { filePaths, wholeNumber } from './arguments.ts'
import { bar } from './bar.ts'
import { interrupted } from './interrupt.ts'
import { line, print, say } from './output.ts'

interface Options {
  run?: string
  backbone?: string
  weights?: string
  labels?: string
  top: number
  logits?: boolean
  out?: string
  json?: boolean
}

/**
 * Photos named by the arguments; folders stand for the photos in and below them. A folder below that cannot be read is told.
 * @throws ThawError dataset.no-photos, photo.unreadable
 */
async function photosAt(given: readonly string[], signal: AbortSignal): Promise<string[]> {
  const found: string[] = []
  for (const one of given) {
    const file = path.resolve(one)
    const about = await stat(file).catch(() => undefined)
    if (!about?.isDirectory()) {
      found.push(file)
      continue
    }
    const { photos, unreadable } = await findPhotos(file, '.', { signal })
    for (const { error } of unreadable) say(error.message)
    if (unreadable.length > 0) process.exitCode = 1
    if (photos.length + unreadable.length === 0)
      throw new ThawError('dataset.no-photos', { folder: file, extensions: photoExtensions.join(' ') })
    found.push(...photos.map((photo) => path.join(file, photo)).toSorted(byCodePoint))
  }
  return found
}

function told(answer: ClassifiedPhoto): string {
  if ('error' in answer) return `${answer.photo}: ${answer.error.message}`
  return `${answer.photo}: ${answer.top.map((it) => `${it.class} ${it.probability.toFixed(3)}`).join(', ')}`
}

function asJson(answer: ClassifiedPhoto, withLogits: boolean): object {
  const { photo } = answer
  if ('error' in answer) return { photo, error: { code: answer.error.code, message: answer.error.message } }
  return { photo, top: answer.top, ...(withLogits && { logits: [...answer.logits] }) }
}

const asRow = (answer: ClassifiedPhoto): TableRow =>
  'error' in answer ? { photo: answer.photo, top: [], error: answer.error.message } : answer

export function addClassify(program: Command): void {
  program
    .command('classify')
    .description('answers what photos show')
    .argument('<paths...>', 'photos, or folders of them', filePaths)
    .addOption(
      new Option('--run <run>', 'a run’s id, name or folder').conflicts(['backbone', 'weights', 'labels']),
    )
    .option('--backbone <name>', 'a published network instead')
    .option('--weights <file>', 'its weights (default: the starter weights)')
    .option('--labels <file>', 'its class names: one a line, or JSON {"0": ["id", "name"], …}')
    .option('--top <number>', 'how many classes to tell', wholeNumber(1, 1000), 5)
    .option('--logits', 'with --json, the network’s raw output too')
    .option('--out <file>', 'writes the answers as a table too (CSV)')
    .addHelpText(
      'after',
      `
Photos that cannot be read are named and the others answered; the exit code is then 1.

Examples:
  thaw classify holiday/ --run bees --out holiday.csv
  thaw classify photo.jpg --backbone efficientnet-lite0 --json`,
    )
    .action(async (given: string[], { run, backbone, weights, labels, ...options }: Options) => {
      if (run === undefined && backbone === undefined)
        throw new ThawError('usage', { reason: 'Give --run or --backbone' })
      const model =
        run === undefined
          ? { backbone: backbone!, weights: weights ?? null, labels: labels ?? null }
          : { run }
      const signal = interrupted()
      const photos = await photosAt(given, signal)
      const rows: TableRow[] = []
      const { top, json, logits = false, out } = options
      const { home } = currentFolders()
      for await (const answer of classify({ home, photos, model, top, signal })) {
        if ('error' in answer) process.exitCode = 1
        if (json) line(asJson(answer, logits))
        else print(told(answer))
        rows.push(asRow(answer))
        bar.show(rows.length, photos.length, `of ${photos.length} photos`)
      }
      bar.hide()
      if (out !== undefined) await writeAtomic(path.resolve(out), [answersAsCsv(rows)])
    })
}
