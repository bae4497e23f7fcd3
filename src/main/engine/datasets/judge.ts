import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { UnreadablePhoto } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { LookOptions } from '../photos/look.ts'
import type { PhotoOutcome } from '../preprocess/workers/pool.ts'
import { PhotoPool } from '../preprocess/workers/pool.ts'
import type { PhotoTask } from '../preprocess/workers/tasks.ts'
import type { Candidate, Found } from './candidates.ts'
import { statesOf } from './candidates.ts'
import type { FileState, Verdict, Verdicts } from './verdicts.ts'
import { isLasting } from './verdicts.ts'

export interface JudgeOptions {
  /** Default: as many as the machine has cores, at most 8. */
  threads?: number | undefined
  /** Where the thumbnail of a photo is put, which is made while it is looked at. */
  thumbnailOf?: ((photo: FileState) => LookOptions['thumbnail']) | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
  /** What a person waits for meanwhile: photos are looked at when nobody does. */
  foreground?: { follow: (follower: (isBusy: boolean) => void) => () => void } | undefined
}

/** What is known so far: of each candidate its verdict, or why there is none; undefined while it is looked at. */
export interface Judged {
  candidates: Candidate[]
  verdicts: (Verdict | ThawError | undefined)[]
  /** What could not even be counted. */
  bad: UnreadablePhoto[]
}

/** Photos in hand in each thread: while one waits for the disk and for libvips, the other is counted. */
const lanes = 3

/** Threads that look at photos. They take a third of a second to start, in which folders can be listed. */
export class Lookers {
  private readonly threads: number
  private opening: Promise<PhotoPool> | undefined

  constructor({ threads = Math.min(availableParallelism(), 8) }: JudgeOptions) {
    this.threads = threads
  }

  start(): Promise<PhotoPool> {
    this.opening ??= PhotoPool.open({ threads: this.threads, lanes })
    // Told to whoever waits for them; perhaps nobody does.
    this.opening.catch(() => undefined)
    return this.opening
  }

  async close(): Promise<void> {
    const pool = await this.opening?.catch(() => undefined)
    await pool?.close()
  }
}

async function* following<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T, void, undefined> {
  yield first
  yield* rest
}

/**
 * Looks at every photo that has no verdict yet, and begins while the others are still being counted. New verdicts are kept, also where
 * it is cancelled: the next scan goes on from there.
 * @param onLook is told after each look what is known so far, and waited for
 * @throws ThawError `cancelled`
 */
export async function judge(
  root: string,
  { named, bad }: Pick<Found, 'named' | 'bad'>,
  { known, lookers }: { known: Verdicts | undefined; lookers: Lookers },
  options: JudgeOptions,
  onLook: (judged: Judged) => Promise<void>,
): Promise<Judged> {
  const judged: Judged = { candidates: [], verdicts: [], bad: [...bad] }
  const { candidates, verdicts } = judged
  /** Places of what is being looked at, in the order of the answers. */
  const open: number[] = []
  let done = 0
  let told: number | undefined
  const report = () => {
    if (told !== done) options.onProgress?.({ done, total: named.length })
    told = done
  }
  async function* tasks(): AsyncGenerator<PhotoTask, void, undefined> {
    for await (const some of statesOf(root, named)) {
      if (options.signal?.aborted === true) throw new ThawError('cancelled')
      judged.bad.push(...some.bad)
      done += some.bad.length
      for (const candidate of some.candidates) {
        const verdict = known?.get(candidate)
        const index = candidates.push(candidate) - 1
        verdicts.push(verdict)
        if (verdict) {
          done += 1
          continue
        }
        open.push(index)
        const file = path.join(root, candidate.path)
        yield { kind: 'look', file, thumbnail: options.thumbnailOf?.(candidate) }
      }
    }
  }
  const take = (outcome: PhotoOutcome, index: number) => {
    const state = candidates[index]!
    verdicts[index] = 'error' in outcome ? outcome.error : outcome.result.look!
    if ('result' in outcome) known?.set(state, outcome.result.look!)
    else if (isLasting(outcome.error.code)) {
      const { code, parameters } = outcome.error
      known?.set(state, { code, parameters: { ...parameters } })
    }
    done += 1
    report()
  }
  const asked = tasks()
  const first = await asked.next()
  report()
  if (first.done !== true)
    try {
      const pool = await lookers.start()
      const { signal, foreground } = options
      const stop = foreground?.follow((isBusy) => pool.hold(isBusy))
      let at = 0
      try {
        for await (const outcome of pool.outcomes(following(first.value, asked), { signal })) {
          take(outcome, open[at]!)
          at += 1
          await onLook(judged)
        }
      } finally {
        stop?.()
      }
    } finally {
      const isWhole = candidates.length + judged.bad.length >= named.length + bad.length
      // A cache that cannot be written costs the next scan its time, and this one nothing.
      await known?.save(isWhole ? candidates : undefined).catch(() => undefined)
    }
  report()
  return judged
}
