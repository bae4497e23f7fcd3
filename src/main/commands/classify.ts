import { writeFile } from 'node:fs/promises'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { stringify } from 'csv-stringify/sync'
import { ThawError } from '../../shared/errors.ts'
import { classify } from '../engine/classify/classify.ts'
import { photoExtensions } from '../engine/datasets/extensions.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { interrupted, line } from './output.ts'

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

/** Photos named by the arguments; folders stand for the photos in and below them. */
async function photosAt(paths: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const given of paths) {
    const file = path.resolve(given)
    const about = await stat(file).catch(() => undefined)
    if (!about?.isDirectory()) {
      found.push(file)
      continue
    }
    const entries = await readdir(file, { recursive: true, withFileTypes: true })
    const photos = entries
      .filter((it) => it.isFile() && photoExtensions.includes(path.extname(it.name).toLowerCase()))
      .map((it) => path.join(it.parentPath, it.name))
    found.push(...photos.toSorted())
  }
  return found
}

export function addClassify(program: Command): void {
  program
    .command('classify')
    .description('answers what photos show')
    .argument('<paths...>', 'photos, or folders of them')
    .option('--run <run>', 'a run’s id, name or folder')
    .option('--backbone <name>', 'a published network')
    .option('--weights <file>', 'its weights')
    .option('--labels <file>', 'its class names')
    .option('--top <number>', 'how many classes to tell', Number, 5)
    .option('--logits', 'the network’s raw output too')
    .option('--out <file>', 'as a table (CSV)')
    .addHelpText('after', '\nExample:\n  thaw classify holiday/ --run bees')
    .action(async (paths: string[], options: Options) => {
      if ((options.run === undefined) === (options.backbone === undefined))
        throw new ThawError('usage', { reason: 'Give either --run or --backbone' })
      const model =
        options.run === undefined
          ? { backbone: options.backbone!, weights: options.weights ?? null, labels: options.labels ?? null }
          : { run: options.run }
      const table: (string | number)[][] = [['photo', 'class', 'probability', 'error']]
      const { home } = currentFolders()
      const photos = await photosAt(paths)
      for await (const answer of classify({ home, photos, model, top: options.top, signal: interrupted() })) {
        if ('error' in answer) {
          process.exitCode = 1
          const { code, message } = answer.error
          table.push([answer.photo, '', '', message])
          if (options.json) line({ photo: answer.photo, error: { code, message } })
          else console.log(`${answer.photo}: ${message}`)
          continue
        }
        const { photo, top, logits } = answer
        table.push([photo, top[0]?.class ?? '', top[0]?.probability ?? '', ''])
        if (options.json) line(options.logits ? { photo, top, logits: [...logits] } : { photo, top })
        else
          console.log(`${photo}: ${top.map((it) => `${it.class} ${it.probability.toFixed(3)}`).join(', ')}`)
      }
      if (options.out) await writeFile(options.out, stringify(table))
    })
}
