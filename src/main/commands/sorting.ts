import { InvalidArgumentError } from 'commander'
import type { Answer, ClassifyModel } from '../../shared/api/classify.ts'
import { ClassGroup, ReviewSettings } from '../../shared/api/classify.ts'
import type { ClassifiedPhoto } from '../engine/classify/classify.ts'
import { openClassifier } from '../engine/classify/classifier.ts'
import type { Taken } from '../engine/classify/bursts.ts'
import { burstAnswers } from '../engine/classify/bursts.ts'
import type { Calibration, Judgement } from '../engine/classify/judge.ts'
import { ThawError } from '../../shared/errors.ts'
import { because } from '../../shared/reasons.ts'
import { judgeBy, strangerTest } from '../engine/classify/judge.ts'
import { calibrationOf } from '../engine/classify/knowledge.ts'
import { takenAt } from '../engine/filing/day.ts'
import type { AnsweredPhoto } from '../engine/filing/plan.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { bar } from './bar.ts'
import { say } from './output.ts'
import { words } from './words.ts'

/** A network whose answers are judged as the window judges them before anything is filed. */
/** A photo's answer with what is made of it; one that cannot be read is not judged. */
export interface JudgedAnswer {
  answer: ClassifiedPhoto
  judgement?: Judgement
}

export interface Sorting {
  /** In the photos' order. */
  judged: AsyncIterable<JudgedAnswer>
  close: () => void
}

/** What the command line says of how photos are answered and judged. */
export interface Judging {
  top: number
  mirrored: boolean
  /** Of a hundred, as the window's slider has it. */
  promise: number
  /** Of a hundred; `none`: none are looked for. */
  strangers?: number | 'none' | undefined
  /** A probability. */
  unsureBelow?: number | undefined
  bursts: boolean
  groups: readonly ClassGroup[]
}

/** “birds: tit, finch” for commander, which hands over one group after the other; a name that comes again has more classes. */
export function classGroup(text: string, before: readonly ClassGroup[] = []): ClassGroup[] {
  const at = text.indexOf(':')
  const name = text.slice(0, Math.max(at, 0)).trim()
  const classes = text
    .slice(at + 1)
    .split(',')
    .map((it) => it.trim())
    .filter(Boolean)
  const known = before.find((it) => it.name === name)
  const group = ClassGroup.safeParse({ name, classes: [...(known?.classes ?? []), ...classes] })
  if (!group.success || classes.length === 0)
    throw new InvalidArgumentError('It is a name, a colon and classes, such as “birds: tit, finch”.')
  return [...before.filter((it) => it !== known), group.data]
}

/** @throws ThawError usage where a group has a class that the network does not know */
export function requireKnown(groups: readonly ClassGroup[], classes: readonly string[]): void {
  const strange = groups.flatMap((it) => it.classes).find((it) => !classes.includes(it))
  if (strange !== undefined) throw new ThawError('usage', because('group-class', { class: strange }))
}

/** @throws ThawError as `openClassifier` does; usage where a group has a class that the network does not know */
export async function openSorting(
  photos: readonly string[],
  model: ClassifyModel,
  { top, mirrored, ...judging }: Judging,
  signal: AbortSignal,
): Promise<Sorting> {
  const folders = currentFolders()
  const { classes, knowledge, classify, close } = await openClassifier({
    ...{ home: folders.home, paths: dataPaths(folders), model, signal },
    how: { top, mirrored, times: false },
    onKnowing: ({ done, total }) => bar.show(done, total, words('ofOwnPhotos', { total })),
  })
  bar.hide()
  try {
    requireKnown(judging.groups, classes)
  } catch (error) {
    close()
    throw error
  }
  const by = { settings: settingsOf(judging), calibration: knowledge && calibrationOf(knowledge) }
  return { judged: judgedAnswers(classify(photos, signal), by, photos.length), close }
}

/** What the window keeps of the same. */
function settingsOf({
  promise,
  strangers,
  unsureBelow,
  bursts,
  groups,
}: Omit<Judging, 'top' | 'mirrored'>): ReviewSettings {
  return ReviewSettings.parse({
    ...{ promise: promise / 100, groups, bursts, unsureBelow },
    keep: strangers === 'none' ? null : strangers && strangers / 100,
  })
}

interface JudgedBy {
  settings: ReviewSettings
  calibration: Calibration | null
}

/** Each photo as it is answered; with bursts after all are, since any of them may have a vote. */
async function* judgedAnswers(
  answers: AsyncIterable<ClassifiedPhoto>,
  { settings, calibration }: JudgedBy,
  total: number,
): AsyncGenerator<JudgedAnswer> {
  const judge = judgeBy(settings, calibration)
  const judged = (answer: ClassifiedPhoto, common?: readonly Answer[]): JudgedAnswer =>
    'error' in answer
      ? { answer }
      : { answer, judgement: judge({ ...answer, top: [...(common ?? answer.top)], error: null }) }
  if (!settings.bursts) {
    for await (const answer of answers) yield judged(answer)
    return
  }
  const all: ClassifiedPhoto[] = []
  const taken: Taken[] = []
  for await (const answer of answers) {
    if (!('error' in answer)) {
      const { photo, top, distance } = answer
      const time = await takenAt(photo)
      taken.push({ index: all.length, path: photo, top, distance, error: null, taken: time })
    }
    all.push(answer)
    bar.show(all.length, total, words('ofPhotos', { total }))
  }
  const common = burstAnswers(taken, strangerTest(settings, calibration))
  for (const [index, answer] of all.entries()) yield judged(answer, common.get(index))
}

/** A photo with what it is filed by: its class, and the group that has it. */
export function inGroup(file: string, name: string, groups: readonly ClassGroup[]): AnsweredPhoto {
  const group = groups.find(({ classes }) => classes.includes(name))?.name
  return { file, class: name, ...(group !== undefined && { group }) }
}

/** A photo with what is filed of it. */
export interface Sorted {
  file: string
  judgement: Pick<Judgement, 'verdict' | 'answer' | 'set'>
}

/** Photos with what they are filed by; those that are left to a person are named. */
export function sortedPhotos(all: readonly Sorted[], groups: readonly ClassGroup[] = []): AnsweredPhoto[] {
  const left = all.filter(({ judgement }) => judgement.answer === null)
  for (const { file, judgement } of left) {
    const classes = judgement.set.map((it) => it.class).join(', ')
    say(words(judgement.verdict === 'stranger' ? 'staysStranger' : 'staysUnsure', { file, classes }))
  }
  if (left.length > 0) say(words('staysInAll', { count: left.length }))
  return all.flatMap(({ file, judgement: { answer } }) =>
    answer === null ? [] : [inGroup(file, answer, groups)],
  )
}
