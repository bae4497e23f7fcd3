import path from 'node:path'
import type {
  Answer,
  ClassificationSummary,
  Review,
  ReviewSettings,
  Verdict,
} from '../../../shared/api/classify.ts'
import { Classified, ReviewSettings as Settings } from '../../../shared/api/classify.ts'
import { wilson } from '../../../shared/metrics.ts'
import type { Filings, Whereabouts } from '../filing/filings.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { About, Decision } from '../store/classifications.ts'
import {
  answersFile,
  appendDecisions,
  readAbout,
  readDecisions,
  readKnowledge,
  readPerson,
  readPhotos,
  writePerson,
} from '../store/classifications.ts'
import { LineFile } from '../store/lineFile.ts'
import { burstAnswers } from './bursts.ts'
import type { Calibration, Judgement } from './judge.ts'
import { judgeBy, strangerTest } from './judge.ts'
import { calibrationOf } from './knowledge.ts'
import { enoughPhotos, promiseCurve } from './promises.ts'
import { promiseInterval } from './conformal.ts'

/** A photo's answer with what is made of it. */
export type JudgedPhoto = Classified & Omit<Judgement, 'verdict'> & { verdict: Verdict }

/** The class of a photo, if its folder is named by classes. */
export const classOfFolder = (photo: string): string => path.basename(path.dirname(photo))

const noCounts = (): Record<Verdict, number> => ({
  ...{ sure: 0, group: 0, unsure: 0, stranger: 0, unreadable: 0, decided: 0, none: 0 },
})

/** A classification that is kept, and what a person made of it. Reads one photo at a time, however many there are. */
export class KeptClassification {
  readonly folder: string
  private readonly answers: LineFile<typeof Classified>
  private readonly moves: Pick<Filings, 'whereabouts'>

  /** @param folder see store/classifications.ts @param moves what has moved photos since */
  constructor(folder: string, moves: Pick<Filings, 'whereabouts'>) {
    this.folder = folder
    this.moves = moves
    this.answers = new LineFile(answersFile(folder), Classified)
  }

  /** @throws ThawError not-found */
  about(): Promise<About> {
    return readAbout(this.folder)
  }

  /** Follows photos to where filings have moved them since they were classified. @throws ThawError not-found */
  async whereabouts(): Promise<Whereabouts> {
    return this.moves.whereabouts((await this.about()).created)
  }

  /** Absolute paths of all its photos, where they are now. @throws ThawError not-found */
  async photos(): Promise<string[]> {
    const here = await this.whereabouts()
    const photos: string[] = []
    for (const file of await readPhotos(this.folder)) photos.push(await here(file))
    return photos
  }

  async settings(): Promise<ReviewSettings> {
    return (await readPerson(this.folder)).settings ?? Settings.parse({})
  }

  async rename(name: string): Promise<void> {
    await this.about()
    await writePerson(this.folder, { ...(await readPerson(this.folder)), name })
  }

  async keepSettings(settings: ReviewSettings): Promise<void> {
    await this.about()
    await writePerson(this.folder, { ...(await readPerson(this.folder)), settings })
  }

  /** @throws ThawError not-found, also of a photo that it does not have: then nothing is written down */
  async decide(decisions: readonly Decision[]): Promise<void> {
    await this.about()
    const { length } = await readPhotos(this.folder)
    if (decisions.some(({ index }) => index >= length))
      throw new ThawError('not-found', { what: 'this-photo' })
    await appendDecisions(this.folder, decisions)
  }

  async summary(): Promise<ClassificationSummary> {
    const about = await this.about()
    const { name = about.name } = await readPerson(this.folder)
    let done = 0
    let failed = 0
    let correct = 0
    let known = 0
    const names = new Map(about.classes.map((it, index) => [it, index]))
    for await (const { path: file, top, error } of this.answers.lines()) {
      done += 1
      if (error) failed += 1
      const truth = names.get(classOfFolder(file))
      if (truth === undefined || error) continue
      known += 1
      if (top[0]?.index === truth) correct += 1
    }
    const { id, created, model, modelName, how, classes, finished, seconds, watch } = about
    const interval = wilson(correct, known)
    return {
      ...{ id, name, created, model, modelName, classes, finished, seconds, done, failed },
      mirrored: how.mirrored,
      total: (await readPhotos(this.folder)).length,
      watched: watch[0] ?? null,
      accuracy: known === 0 ? null : { accuracy: correct / known, correct, total: known, interval },
    }
  }

  /** As `judged`, each photo by the path where it is now. @throws ThawError not-found */
  async *found(from = 0): AsyncGenerator<JudgedPhoto> {
    const here = await this.whereabouts()
    for await (const photo of this.judged(from)) yield { ...photo, path: await here(photo.path) }
  }

  /** Every answer from number `from` on, judged as the settings say, by the path that the photo had. */
  async *judged(from = 0, settings?: ReviewSettings): AsyncGenerator<JudgedPhoto> {
    const how = settings ?? (await this.settings())
    const calibration = await this.calibration()
    const judge = judgeBy(how, calibration)
    const bursts = how.bursts ? await this.burstAnswers(how, calibration) : new Map<number, Answer[]>()
    const decisions = await readDecisions(this.folder)
    for await (const answer of this.answers.lines(from)) {
      const judgement = judge({ ...answer, top: bursts.get(answer.index) ?? answer.top })
      const decided = decisions.get(answer.index)
      const judged = { ...answer, ...judgement }
      if (decided === undefined) yield judged
      else yield { ...judged, answer: decided, verdict: decided === null ? 'none' : 'decided' }
    }
  }

  /** @param only verdicts that are wanted @returns at most `limit`, and where to go on */
  async page(from: number, limit: number, only?: readonly Verdict[]) {
    await this.about()
    const photos: JudgedPhoto[] = []
    let next = from
    for await (const photo of this.found(from)) {
      if (photos.length === limit) return { photos, next, done: false }
      next = photo.index + 1
      if (!only || only.includes(photo.verdict)) photos.push(photo)
    }
    return { photos, next, done: true }
  }

  async review(given?: ReviewSettings): Promise<Review> {
    const { classes } = await this.about()
    if (given) await this.keepSettings(given)
    const settings = given ?? (await this.settings())
    const counts = noCounts()
    const answers = new Map<string, number>()
    for await (const { verdict, answer } of this.judged(0, settings)) {
      counts[verdict] += 1
      if (answer !== null) answers.set(answer, (answers.get(answer) ?? 0) + 1)
    }
    return {
      settings,
      counts,
      answers: [...answers].map(([name, photos]) => ({ name, photos })).sort((a, b) => b.photos - a.photos),
      promised: await this.promised(settings, classes),
    }
  }

  private async promised(
    { promise, groups }: ReviewSettings,
    classes: readonly string[],
  ): Promise<Review['promised']> {
    const knowledge = await readKnowledge(this.folder)
    if (!knowledge) return null
    const photos = knowledge.targets.length
    return {
      photos,
      interval: promiseInterval(photos, promise),
      weak: photos < enoughPhotos,
      temperature: knowledge.temperature,
      curve: promiseCurve(
        knowledge,
        groups.map((group) => group.classes.map((name) => classes.indexOf(name))),
      ),
    }
  }

  private async calibration(): Promise<Calibration | null> {
    const knowledge = await readKnowledge(this.folder)
    return knowledge && calibrationOf(knowledge)
  }

  private async burstAnswers(
    settings: ReviewSettings,
    calibration: Calibration | null,
  ): Promise<Map<number, Answer[]>> {
    const all: Classified[] = []
    for await (const answer of this.answers.lines()) all.push(answer)
    return burstAnswers(all, strangerTest(settings, calibration))
  }
}
