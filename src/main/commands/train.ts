import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { RunConfig } from '../../shared/config.ts'
import { ThawError } from '../../shared/errors.ts'
import { parsePlan } from '../../shared/model/plan.ts'
import { planNames } from '../../shared/model/registry.ts'
import type { RunEvent } from '../../shared/run.ts'
import { runFolderOf } from '../engine/classify/classify.ts'
import { scanDataset } from '../engine/datasets/scan.ts'
import { currentFolders, placesIn } from '../engine/store/paths.ts'
import { resume, train } from '../engine/training/train.ts'
import { interrupted, line, say } from './output.ts'

interface Options {
  backbone?: string
  weights?: string
  plan?: string
  epochs?: number
  batch?: number
  seed?: number
  augment?: string
  config?: string
  threads?: number
  precision?: string
  out?: string
  json?: boolean
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new ThawError('config.invalid', { reason: `“${file}” cannot be read as JSON` }, { cause: error })
  }
}

async function planOf(given: string): Promise<unknown> {
  if ((planNames as readonly string[]).includes(given)) return given
  return parsePlan(await readJson(given))
}

async function configOf(options: Options): Promise<RunConfig> {
  const base = options.config ? await readJson(options.config) : {}
  if (typeof base !== 'object' || base === null || Array.isArray(base))
    throw new ThawError('config.invalid', { reason: `“${options.config ?? ''}” is not a JSON object` })
  const { backbone, weights, epochs, batch, seed, threads, precision } = options
  const flags = {
    backbone,
    weights: weights && path.resolve(weights),
    epochs,
    batch,
    seed,
    threads,
    precision,
    augmentation: options.augment,
    plan: options.plan === undefined ? undefined : await planOf(options.plan),
  }
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
  const parsed = RunConfig.safeParse({ ...base, ...given })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw new ThawError('config.invalid', { reason: `${issue.path.join('.')}: ${issue.message}` })
}

const score = ({
  correct,
  total,
  accuracy,
  interval,
  loss,
}: {
  correct: number
  total: number
  accuracy: number
  interval: readonly number[]
  loss: number
}) =>
  `${correct} of ${total} · ${accuracy.toFixed(3)} (95%: ${interval.map((it) => it.toFixed(3)).join('–')}), loss ${loss.toFixed(4)}`

function tell(event: RunEvent): void {
  switch (event.type) {
    case 'plan':
      say(`You train ${event.learns.toLocaleString('en')} of ${event.total.toLocaleString('en')} parameters.`)
      break
    case 'started':
      say(
        `${event.train} photos to train with, ${event.val} to validate; ${event.environment.device}, ${event.environment.threads} threads.`,
      )
      break
    case 'batch':
      if (process.stderr.isTTY)
        process.stderr.write(
          `\rEpoch ${event.epoch}, batch ${event.batch} of ${event.batches}: loss ${event.loss.toFixed(4)}, ${event.photosPerSecond.toFixed(1)} photos/s, ${Math.ceil(event.secondsLeft)} s left   `,
        )
      break
    case 'epoch':
      say(`${process.stderr.isTTY ? '\n' : ''}Epoch ${event.epoch}: ${score(event.val)}`)
      break
    case 'stopped':
      say(
        event.reason === 'asked'
          ? 'Stopped; a checkpoint was written. Go on with “thaw resume”.'
          : 'Stopped early: nothing became better.',
      )
      break
    case 'finished':
      say(`Best: epoch ${event.best.epoch}, ${score(event.best)}. Saved in ${event.folder}`)
      break
    default:
  }
}

async function follow(events: AsyncIterable<RunEvent>, json: boolean | undefined): Promise<void> {
  for await (const event of events) {
    if (json) line(event)
    else tell(event)
    if (event.type === 'stopped' && event.reason === 'asked') process.exitCode = 1
  }
}

export function addTrain(program: Command): void {
  program
    .command('train')
    .description('fine-tunes a network on a folder of photos')
    .argument('<folder>', 'train/CLASS and val/CLASS, or CLASS alone')
    .option('--backbone <name>', 'the network (default: efficientnet-lite0)')
    .option('--weights <file>', 'weights to start from')
    .option('--plan <plan>', 'head-only, recipe, everything, or a JSON file (default: head-only)')
    .option('--epochs <number>', 'epochs to train (default: 1)', Number)
    .option('--batch <number>', 'photos a step (default: 32)', Number)
    .option('--seed <number>', 'default: 1234', Number)
    .option('--augment <kind>', 'recipe, none, or views:K')
    .option('--config <file>', 'any settings, as JSON; flags win over it')
    .option('--threads <number>', 'threads to compute with', Number)
    .option('--precision <kind>', 'exact or fast')
    .option('--out <folder>', 'the run’s folder, absent or empty')
    .addHelpText(
      'after',
      '\nExamples:\n  thaw train photos/\n  thaw train photos/ --backbone vgg16 --weights vgg16-397923af.pth --plan recipe',
    )
    .action(async (folder: string, options: Options) => {
      const config = await configOf(options)
      const folders = currentFolders()
      const signal = interrupted()
      const dataset = await scanDataset(folder, {
        seed: config.seed,
        cacheFolder: placesIn(folders).scans,
        signal,
      })
      for (const { message } of dataset.unreadable) say(`Left out: ${message}`)
      const out = options.out === undefined ? {} : { folder: path.resolve(options.out) }
      await follow(train({ home: folders.home, ...out, dataset, config, signal }), options.json)
    })

  program
    .command('resume')
    .description('goes on with a run that was stopped')
    .argument('<run>', 'id, name or folder')
    .action(async (run: string, { json }: { json?: boolean }) => {
      const { home } = currentFolders()
      await follow(resume(await runFolderOf(home, run), { home, signal: interrupted() }), json)
    })
}
