import path from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import type { Classified } from '../../../shared/api/classify.ts'
import type { JobGiven, JobResult } from '../../../shared/api/jobs.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Classifier } from '../classify/classifier.ts'
import { Filings } from '../filing/filings.ts'
import type { WorkContext } from '../jobs/works.ts'
import { AnswerLog } from '../store/classifications.ts'
import type { DataPaths } from '../store/paths.ts'
import { readPhotos } from '../store/classifications.ts'
import { readSelection } from '../store/selections.ts'
import { Arrivals } from './arrivals.ts'
import { besideOf } from './beside.ts'
import type { Desk } from './desk.ts'
import type { TrainingEngine } from './engine.ts'
import type { Turns } from './turns.ts'

interface Tools {
  paths: DataPaths
  home: string
  engine: TrainingEngine
  desk: Desk
}

/** Answers that are written at a time, milliseconds apart: a crash costs no more than these. */
const answersEvery = 250
/** How long other work computes before a training has its turn, milliseconds: a batch or a few. */
const ownTurn = 250
/** How often watched folders are looked through, milliseconds. */
const lookEvery = 2000

type ComesLater = (photo: string) => Promise<boolean>
const never: ComesLater = () => Promise.resolve(false)

/** One classification at work: its photos, its log, and the network that is opened when there is something to answer. */
class Classifying {
  photos: string[]
  readonly log: AnswerLog
  private readonly tools: Tools
  private readonly input: JobGiven<'classify'>
  private readonly context: WorkContext
  readonly folder: string
  private away: string | undefined
  /** Photos were taken off the list that is on the disk. */
  private isShorter = false

  private constructor(
    tools: Tools,
    input: JobGiven<'classify'>,
    context: WorkContext,
    log: AnswerLog,
    photos: string[],
  ) {
    this.tools = tools
    this.input = input
    this.context = context
    this.log = log
    this.photos = photos
    this.folder = path.join(tools.paths.classifications, context.job)
  }

  static async open(
    tools: Tools,
    input: JobGiven<'classify'>,
    context: WorkContext,
    watch: readonly string[],
  ): Promise<Classifying> {
    const folder = path.join(tools.paths.classifications, context.job)
    const { selection, model, name, top, mirrored, times } = input
    const log = await AnswerLog.open(folder, answersEvery, async () => ({
      photos: await readSelection(tools.paths.selections, selection),
      about: {
        ...{ format: 1, id: context.job, name: name ?? '', created: new Date().toISOString(), model },
        ...{
          modelName: '',
          how: { top, mirrored, times },
          classes: [],
          watch: [...watch],
          finished: false,
          seconds: 0,
        },
      },
    }))
    return new Classifying(tools, input, context, log, await readPhotos(folder))
  }

  /**
   * Answers what is not answered yet.
   * @param comesLater whether a photo that cannot be read is to be taken off the list for now
   * @throws ThawError cancelled, and as the network does
   */
  async answerAll(comesLater: ComesLater = never): Promise<void> {
    const { context, tools, input, log } = this
    this.tell()
    if (log.count >= this.photos.length) return
    const needs = await tools.engine.needs.answering(tools.home, input.model)
    await tools.desk.beside('classifying', besideOf(context, needs), async (turns) => {
      const classifier = await this.openNetwork()
      try {
        await this.answerWith(classifier, turns, comesLater)
      } finally {
        classifier.close()
      }
    })
  }

  private async openNetwork(): Promise<Classifier> {
    const { tools, input, context, log } = this
    const { model, top, mirrored, times } = input
    const classifier = await tools.engine.openClassifier({
      ...{ home: tools.home, paths: tools.paths, model, how: { top, mirrored, times } },
      signal: context.signal,
      onKnowing: ({ done, total }) =>
        context.onProgress({ detail: { ...this.detail, known: done, ofKnown: total } }),
    })
    await log.knowing(classifier)
    return classifier
  }

  private async answerWith(classifier: Classifier, turns: Turns, comesLater: ComesLater): Promise<void> {
    const { signal } = this.context
    let since = performance.now()
    for await (const answer of classifier.answer(this.photos.slice(this.log.count), this.log.count, signal)) {
      if (answer.error && (await comesLater(answer.path))) this.takeOff()
      else await this.add(answer)
      this.tell()
      if (signal.aborted) throw new ThawError('cancelled')
      if (performance.now() - since < ownTurn) continue
      await turns.pass()
      since = performance.now()
    }
    await this.log.flush()
    await this.shorten()
  }

  private async add(answer: Classified): Promise<void> {
    await this.shorten()
    await this.log.add({ ...answer, index: this.log.count })
  }

  /** Takes the photo whose turn it is off the list. */
  private takeOff(): void {
    this.photos = this.photos.toSpliced(this.log.count, 1)
    this.isShorter = true
  }

  /** Before a further answer is written down: after a crash each has to be the answer to the photo of its number. */
  private async shorten(): Promise<void> {
    if (!this.isShorter) return
    this.isShorter = false
    await this.log.flush()
    await this.log.list(this.photos)
  }

  private get detail() {
    return {
      classification: this.context.job,
      failed: this.log.failed,
      ...(this.away !== undefined && { away: this.away }),
    }
  }

  /** @param away a watched folder that is not there now */
  tellAway(away: string | undefined): void {
    if (away === this.away) return
    this.away = away
    this.tell()
  }

  private tell(): void {
    const progress = { done: this.log.count, total: this.photos.length }
    this.context.onProgress({ progress, detail: this.detail })
  }

  async grow(arrived: readonly string[]): Promise<void> {
    this.photos = [...this.photos, ...arrived]
    await this.log.list(this.photos)
  }
}

/** Answers for the photos of a selection; begun again, it goes on behind the last one. */
export async function classifying(
  tools: Tools,
  input: JobGiven<'classify'>,
  context: WorkContext,
): Promise<JobResult<'classify'>> {
  const work = await Classifying.open(tools, input, context, [])
  try {
    await work.answerAll()
    return { classification: context.job, ...(await work.log.finish()) }
  } finally {
    await work.log.close()
  }
}

/**
 * Answers those of the selection, then what arrives in the folders. Ends when it is cancelled. A photo is decoded once, by the network's
 * own workers: what cannot be read then and may be on its way still is waited for.
 */
export async function watching(
  tools: Tools,
  { folders, ...input }: JobGiven<'watch'>,
  context: WorkContext,
  every = lookEvery,
): Promise<JobResult<'watch'>> {
  const work = await Classifying.open(tools, input, context, folders)
  const arrivals = new Arrivals(folders, work.photos, new Filings(tools.paths.filings))
  try {
    for (;;) {
      await work.answerAll((photo) => arrivals.isOnItsWay(photo))
      await later(every, undefined, { signal: context.signal }).catch(() => {
        throw new ThawError('cancelled')
      })
      const arrived = await arrivals.look(context.signal)
      work.tellAway(arrivals.away[0])
      if (arrived.length > 0) await work.grow(arrived)
    }
  } finally {
    await work.log.finish().catch(() => undefined)
    await work.log.close()
  }
}
