import path from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { ClassGroup, ClassifyModel } from '../../shared/api/classify.ts'
import { ThawError } from '../../shared/errors.ts'
import type { ClassifiedPhoto } from '../engine/classify/classify.ts'
import { classify } from '../engine/classify/classify.ts'
import type { Judgement } from '../engine/classify/judge.ts'
import type { TableRow } from '../engine/classify/table.ts'
import { answersAsCsv } from '../engine/classify/table.ts'
import { because } from '../../shared/reasons.ts'
import { writeAtomic } from '../engine/files.ts'
import { requirePattern } from '../engine/filing/pattern.ts'
import type { AnsweredPhoto } from '../engine/filing/plan.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { filePath, filePaths, numberBetween, wholeNumber } from './arguments.ts'
import { bar } from './bar.ts'
import type { FilingOptions } from './filing.ts'
import { filePhotos, ownFolders } from './filing.ts'
import { interrupted } from './interrupt.ts'
import { line, print, say } from './output.ts'
import { photosAt } from './photosAt.ts'
import type { JudgedAnswer, Sorted } from './sorting.ts'
import { classGroup, inGroup, openSorting, requireKnown, sortedPhotos } from './sorting.ts'
import { aboutWeights } from './weightsAbout.ts'
import { told as toldFailure, words } from './words.ts'

interface Which {
  run?: string | undefined
  backbone?: string | undefined
  weights?: string | undefined
  labels?: string | null | undefined
}

interface Options extends FilingOptions, Which {
  unsure: 'skip' | 'file'
  top: number
  mirrored?: boolean
  promise: number
  strangers?: number | 'none'
  unsureBelow?: number
  bursts?: boolean
  group?: ClassGroup[]
  logits?: boolean
  out?: string
  json?: boolean
}

function told(answer: ClassifiedPhoto): string {
  if ('error' in answer) return `${answer.photo}: ${toldFailure(answer.error)}`
  return `${answer.photo}: ${answer.top.map((it) => `${it.class} ${it.probability.toFixed(3)}`).join(', ')}`
}

function asJson(answer: ClassifiedPhoto, withLogits: boolean, judgement?: Judgement): object {
  const { photo } = answer
  if ('error' in answer) return { photo, error: { code: answer.error.code, message: answer.error.message } }
  const verdict = judgement && { verdict: judgement.verdict, answer: judgement.answer }
  return { photo, top: answer.top, ...verdict, ...(withLogits && { logits: [...answer.logits] }) }
}

async function* unjudged(answers: AsyncIterable<ClassifiedPhoto>): AsyncGenerator<JudgedAnswer> {
  for await (const answer of answers) yield { answer }
}

const judgedText = ({ verdict, answer }: Judgement): string =>
  verdict === 'group' ? words('judged_group', { group: answer! }) : words(`judged_${verdict}`)

/** Who wants all photos filed has them filed by the likeliest class, whatever the judgement. */
const byLikeliest = (judgement: Judgement, { unsure }: Pick<Options, 'unsure'>): Judgement =>
  unsure === 'file' && judgement.answer === null
    ? { ...judgement, answer: judgement.top[0]?.class ?? null }
    : judgement

/** What is told: beside a judgement the probabilities that it was made of, of which there may be more than are asked for. */
const shown = (answer: ClassifiedPhoto, top: number, judgement?: Judgement): ClassifiedPhoto =>
  'error' in answer ? answer : { ...answer, top: (judgement ?? answer).top.slice(0, top) }

const asRow = (answer: ClassifiedPhoto): TableRow =>
  'error' in answer ? { photo: answer.photo, top: [], error: answer.error.message } : answer

/** Photos that have an answer, by it. */
const answered = (rows: readonly TableRow[], groups: readonly ClassGroup[]): AnsweredPhoto[] =>
  rows.flatMap(({ photo, top: [best] }) => (best ? [inGroup(photo, best.class, groups)] : []))

/** @throws ThawError usage */
function modelOf({ run, backbone, weights, labels = null }: Which): ClassifyModel {
  if (run !== undefined) return { run }
  if (backbone !== undefined) return { backbone, weights: weights ?? null, labels }
  if (weights !== undefined) return { file: weights, labels }
  throw new ThawError('usage', because('give-model'))
}

export function addClassify(program: Command): void {
  program
    .command('classify')
    .description('answers what photos show')
    .argument('<paths...>', 'photos, or folders of them', filePaths)
    .addOption(
      new Option('--run <run>', 'a run’s id, name or folder').conflicts(['backbone', 'weights', 'labels']),
    )
    .option('--backbone <name>', 'a published network instead')
    .option(
      '--weights <file>',
      'a weight file: with --backbone that network’s (default: the starter weights), alone the network that it is',
      filePath,
    )
    .option(
      '--labels <file>',
      'its class names: one a line, or JSON: a list, {"0": ["id", "name"], …} or class_to_idx',
      filePath,
    )
    .option('--top <number>', 'how many classes to tell', wholeNumber(1, 1000), 5)
    .option('--mirrored', 'also looks at each photo’s mirror image; takes twice as long')
    .option('--logits', 'with --json, the network’s raw output too')
    .option('--out <file>', 'writes the answers as a table too (CSV)', filePath)
    .option('--file-to <folder>', 'files the photos by their answers below this folder', filePath)
    .addOption(
      new Option('--how <how>', 'what filing does')
        .choices(['copy', 'move', 'link', 'keywords'])
        .default('copy'),
    )
    .option(
      '--pattern <pattern>',
      'where below it: {class}, {group}, {date}, {name} and “/”',
      '{class}/{name}',
    )
    .option('--prefix <keyword>', 'what all keywords lie under; empty: nothing', 'Thaw')
    .addOption(
      new Option('--clash <clash>', 'what a name that is taken gets')
        .choices(['number', 'skip'])
        .default('number'),
    )
    .addOption(
      new Option('--unsure <what>', 'what becomes of photos that the app would leave to you in its tray')
        .choices(['skip', 'file'])
        .default('skip'),
    )
    .option(
      '--promise <number>',
      'how many times of 100 the right class has to be among those kept, before a photo is filed by the only one',
      wholeNumber(50, 99),
      95,
    )
    .option(
      '--strangers <number>',
      'farther from the training photos than this share of 100 validation photos is a stranger; “none”: none are looked for (default: 90)',
      numberBetween(50, 99.9, 'none'),
    )
    .option(
      '--unsure-below <number>',
      'the probability of the first class below which it is unsure, where no validation photos say how sure is sure (default: 0.7)',
      numberBetween(0, 1),
    )
    .option(
      '--bursts',
      'photos taken within two seconds of each other in one folder vote together, but for strangers; nothing is told before all are answered',
    )
    .option(
      '--group <group>',
      'classes for {group} and keywords, such as "birds: tit, finch"; where only these are left, the answer is the group. Again for each',
      classGroup,
    )
    .option('--dry-run', 'shows what filing would do, and keeps the list for: thaw file')
    .addHelpText(
      'after',
      `
Photos that cannot be read are named and the others answered; the exit code is then 1.
What is filed is judged as in the app: photos of which the network is unsure, or that are unlike all it has learnt
from, are named and stay; --unsure file files them by their likeliest class. With --strangers, --unsure-below or
--bursts the judgement is told of each photo, filed or not. Probabilities of photos that are judged are the app’s,
calibrated by the run’s validation photos, which are answered first, once; else they are the network’s own.

Examples:
  thaw classify holiday/ --run bees --out holiday.csv
  thaw classify photo.jpg --backbone efficientnet-lite0 --json
  thaw classify holiday/ --weights bees.safetensors
  thaw classify holiday/ --run bees --file-to sorted/ --how move --pattern {class}/{date}/{name} --dry-run
  thaw classify holiday/ --run bees --how keywords`,
    )
    .action(async (given: string[], { run, backbone, weights, labels, ...options }: Options) => {
      const model = modelOf({ run, backbone, weights, labels })
      if (weights !== undefined) for (const text of await aboutWeights(weights, backbone)) say(text)
      const signal = interrupted()
      const files = options.fileTo !== undefined || options.how === 'keywords'
      if (options.dryRun && !files) throw new ThawError('usage', because('give-target'))
      if (options.group && !files) throw new ThawError('usage', because('group-target'))
      const target = options.fileTo === undefined ? undefined : path.resolve(options.fileTo)
      if (files && options.how !== 'keywords') {
        requirePattern(options.pattern)
        await ownFolders().requireOutside(target ?? '.')
      }
      const photos = await photosAt(given, options.how === 'keywords' ? undefined : target, signal)
      const rows: TableRow[] = []
      const sorted: Sorted[] = []
      const { top, json, logits = false, out, promise, mirrored = false, group: groups = [] } = options
      const { strangers, unsureBelow, bursts = false } = options
      const isAsked = bursts || strangers !== undefined || unsureBelow !== undefined
      const { home } = currentFolders()
      const sorting =
        isAsked || (files && options.unsure === 'skip')
          ? await openSorting(
              photos,
              model,
              { top, mirrored, promise, strangers, unsureBelow, bursts, groups },
              signal,
            )
          : undefined
      const onLabels = (labels: readonly string[]) => requireKnown(groups, labels)
      const found =
        sorting?.judged ?? unjudged(classify({ home, photos, model, top, mirrored, signal, onLabels }))
      for await (const { answer: all, judgement } of found) {
        const answer = shown(all, top, judgement)
        if ('error' in answer) process.exitCode = 1
        if (judgement) sorted.push({ file: all.photo, judgement: byLikeliest(judgement, options) })
        if (json) line(asJson(answer, logits, judgement))
        else print(isAsked && judgement ? `${told(answer)} – ${judgedText(judgement)}` : told(answer))
        rows.push(asRow(answer))
        bar.show(rows.length, photos.length, words('ofPhotos', { total: photos.length }))
      }
      sorting?.close()
      bar.hide()
      if (files)
        await filePhotos(
          sorting ? sortedPhotos(sorted, groups) : answered(rows, groups),
          { ...options, ...(target !== undefined && { fileTo: target }) },
          signal,
        )
      if (out !== undefined) await writeAtomic(path.resolve(out), [answersAsCsv(rows)])
    })
}
