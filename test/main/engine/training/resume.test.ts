import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEpochAnswers } from '../../../../src/main/engine/store/epochAnswers.ts'
import { readEvents } from '../../../../src/main/engine/store/runFolder.ts'
import { fork } from '../../../../src/main/engine/training/fork.ts'
import { resume, train } from '../../../../src/main/engine/training/train.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import type { RunSettings } from '../../../../src/shared/config.ts'
import type { RunEvent, RunEventOf } from '../../../../src/shared/run.ts'
import { plainRuns } from '../../../support/plainRuns.ts'

/** Runs in plain JavaScript that are cut short in several places, as by Ctrl-C or by SIGKILL, and go on. */
const plain = plainRuns()

/** Where a run is cut short: after this batch of this epoch. */
type Place = readonly [epoch: number, batch: number]
const isAt = (event: RunEvent, place: Place | undefined) =>
  place !== undefined && event.type === 'batch' && event.epoch === place[0] && event.batch === place[1]

function begin(out: string, given: RunSettings, signal?: AbortSignal) {
  const { home, dataset, settings } = plain
  const config = RunConfig.parse({ ...settings, ...given })
  return train({ home, folder: out, dataset, config, ...(signal && { signal }) })
}

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const list: RunEvent[] = []
  for await (const event of events) list.push(event)
  return list
}

async function whole(given: RunSettings): Promise<string> {
  const out = plain.newRun()
  await all(begin(out, given))
  return out
}

/** Cut short at each of the places in turn, and taken up again until it is done. @param how stopped after that batch, or torn off */
async function inPieces(
  given: RunSettings,
  places: readonly Place[],
  how: 'stopped' | 'torn',
): Promise<string> {
  const out = plain.newRun()
  for (let piece = 0; piece <= places.length; piece += 1) {
    const controller = new AbortController()
    const { signal } = controller
    const events = piece === 0 ? begin(out, given, signal) : resume(out, { home: plain.home, signal })
    for await (const event of events) {
      if (!isAt(event, places[piece])) continue
      // Leaving the loop is all that a kill leaves, too: no checkpoint, and no word of an end.
      if (how === 'torn') break
      controller.abort()
    }
  }
  return out
}

const recorded = async (out: string): Promise<RunEvent[]> => {
  const list: RunEvent[] = []
  for await (const { event } of readEvents(out)) list.push(event)
  return list
}

const ofType = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T): RunEventOf<T>[] =>
  events.filter((event): event is RunEventOf<T> => event.type === type)

/** What a run computed, without how long it took. */
async function computedIn(out: string): Promise<unknown[]> {
  return (await recorded(out)).flatMap((event): unknown[] => {
    if (event.type === 'batch') {
      const { epoch, batch, loss, accuracy, batchLoss, learningRates } = event
      return [{ epoch, batch, loss, accuracy, batchLoss, learningRates }]
    }
    if (event.type === 'epoch') return [{ ...event, seconds: 0 }]
    return event.type === 'receipt' || event.type === 'norms' ? [event] : []
  })
}

const weightsOf = (out: string) =>
  Promise.all(['best', 'last'].map((name) => readFile(path.join(out, `${name}.safetensors`), 'hex')))

/** All that has to come back: averages, the optimizer's counts and slots, places in the epoch and in the schedule, plans. */
const everything: RunSettings = {
  plan: { fc: 0.05 },
  thaw: [{ epoch: 2, plan: { fc: 0.02, 'features.5': 0.02, 'features.4': 0.02 } }],
  epochs: 4,
  accumulate: 2,
  optimizer: 'adam',
  schedule: { kind: 'cosine' },
  warmup: 4,
  movingAverage: 0.8,
  augmentation: 'recipe',
}

describe('A run that is cut short and goes on', () => {
  it.each(['stopped', 'torn'] as const)(
    'computes what it would have: the same batches, epochs, receipts and weights, each once (%s)',
    async (how) => {
      const places = [[1, 2], [2, 1], [3, 3], [4, 2]] as const // prettier-ignore
      const [one, other] = [await whole(everything), await inPieces(everything, places, how)]
      expect(await computedIn(other)).toEqual(await computedIn(one))
      expect(await weightsOf(other)).toEqual(await weightsOf(one))
    },
  )

  it('goes on right where it was stopped, and tells all seconds that were spent on it', async () => {
    const out = await inPieces({ epochs: 3 }, [[3, 2]], 'stopped')
    const events = await recorded(out)
    expect(ofType(events, 'started').map(({ epoch, batch }) => [epoch, batch])).toEqual([
      [0, 0],
      [3, 2],
    ])
    const spent = ofType(events, 'epoch').reduce((sum, { seconds }) => sum + seconds, 0)
    expect(ofType(events, 'finished')[0]!.seconds).toBeGreaterThan(spent)
  })

  it('still has the weights of its best epoch, where they had not gone into a file', async () => {
    // A first epoch that nothing after it comes up to.
    const given: RunSettings = {
      epochs: 4,
      plan: { fc: 0.02 },
      momentum: 0,
      schedule: { kind: 'step', every: 1, factor: 60 },
    }
    const [one, other] = [await whole(given), await inPieces(given, [[3, 1], [4, 1]], 'torn')] // prettier-ignore
    const best = ofType(await recorded(one), 'finished')[0]!.best.epoch
    expect(best).toBeLessThan(3)
    expect(await weightsOf(other)).toEqual(await weightsOf(one))
  })

  it('keeps the best weights as they were when another stage begins, whatever learns then', async () => {
    const stages: RunSettings = {
      plan: { fc: 0.02 },
      momentum: 0,
      thaw: [{ epoch: 2, plan: { fc: 5, 'features.5': 5, 'features.4': 5 } }],
    }
    const [short, long] = [await whole({ ...stages, epochs: 1 }), await whole({ ...stages, epochs: 3 })]
    expect(ofType(await recorded(long), 'finished')[0]!.best.epoch).toBe(1)
    const bestOf = async (out: string) => (await readFile(path.join(out, 'best.safetensors'))).subarray(-800)
    expect((await bestOf(long)).equals(await bestOf(short))).toBe(true)
  })

  it('is refused once it is finished, with other weights, and on another machine unless that is wished', async () => {
    const done = await whole({ epochs: 1 })
    const options = { home: plain.home }
    await expect(all(resume(done, options))).rejects.toMatchObject({ code: 'run.finished' })

    const out = plain.newRun()
    for await (const event of begin(out, { epochs: 1 })) if (isAt(event, [1, 1])) break
    const file = path.join(out, 'run.json')
    const text = await readFile(file, 'utf8')
    const record = JSON.parse(text) as {
      weights: { sha256: string }
      environment: { backendVersion: string }
    }
    const changed = (part: object) => writeFile(file, JSON.stringify({ ...record, ...part }))
    await changed({ weights: { ...record.weights, sha256: '0'.repeat(64) } })
    await expect(all(resume(out, options))).rejects.toMatchObject({ code: 'run.other-weights' })
    await changed({ environment: { ...record.environment, backendVersion: '0' } })
    await expect(all(resume(out, options))).rejects.toMatchObject({ code: 'run.other-machine' })
    for await (const event of resume(out, { ...options, allowDifferent: true }))
      if (isAt(event, [1, 2])) break
    // It has gone on here, so here it goes on without being asked for again.
    const events = await all(resume(out, options))
    expect(events.at(-1)).toMatchObject({ type: 'finished' })
  })

  it('that is a fork begins wherever it is begun, and its record tells where', async () => {
    const from = await whole({ epochs: 2 })
    const file = path.join(from, 'run.json')
    const record = JSON.parse(await readFile(file, 'utf8')) as { environment: { backendVersion: string } }
    const { backendVersion } = record.environment
    record.environment.backendVersion = '0'
    await writeFile(file, JSON.stringify(record))
    const out = await fork({ home: plain.home, from, epoch: 1, changes: {}, folder: plain.newRun() })
    const versionNow = async () =>
      (JSON.parse(await readFile(path.join(out, 'run.json'), 'utf8')) as typeof record).environment
        .backendVersion
    for await (const event of resume(out, { home: plain.home })) if (isAt(event, [2, 1])) break
    expect(await versionNow()).toBe(backendVersion)
    expect((await all(resume(out, { home: plain.home }))).at(-1)).toMatchObject({ type: 'finished' })
  })

  it('that is a fork has the answers of the epochs that it shares, and no others, before its own', async () => {
    const from = await whole({ epochs: 3 })
    const out = await fork({
      home: plain.home,
      from,
      epoch: 2,
      changes: { epochs: 4 },
      folder: plain.newRun(),
    })
    const before = await readEpochAnswers(from)
    expect(before.at(-1)!.epoch).toBe(3)
    const shared = before.filter(({ epoch }) => epoch <= 2)
    expect(await readEpochAnswers(out)).toEqual(shared)
    await all(resume(out, { home: plain.home }))
    const after = await readEpochAnswers(out)
    expect(after.map(({ epoch }) => epoch)).toEqual([...shared.map(({ epoch }) => epoch), 3, 4])
    expect(after.slice(0, shared.length)).toEqual(shared)
  })

  it('compares nothing with the sums of a former version, which would call every frozen tensor changed', async () => {
    const out = plain.newRun()
    for await (const event of begin(out, { epochs: 2 })) if (isAt(event, [2, 1])) break
    const file = path.join(out, 'checkpoints', 'latest.safetensors')
    const bytes = await readFile(file)
    const length = Number(bytes.readBigUInt64LE())
    // Other numbers of as many digits, under the number of another formula: the header keeps its length.
    const header = bytes
      .toString('utf8', 8, 8 + length)
      .replace(/(fingerprintFormula\\":)\d/, '$12')
      .replace(
        /(fingerprints\\":\{)([^}]*)/,
        (_, before: string, sums: string) =>
          before +
          sums.replaceAll(
            /(":)(-?)(\d)/g,
            (_all, a: string, sign: string, d: string) => `${a}${sign}${d === '1' ? 2 : 1}`,
          ),
      )
    expect(header).toContain('fingerprintFormula\\":2')
    expect(header).not.toBe(bytes.toString('utf8', 8, 8 + length))
    bytes.write(header, 8)
    await writeFile(file, bytes)
    const events = await all(resume(out, { home: plain.home }))
    expect(events.at(-1)).toMatchObject({ type: 'finished' })
    const { tensors } = ofType(events, 'receipt')[0]!
    expect(tensors.filter(({ changed }) => changed).map(({ name }) => name)).toEqual(['fc.weight', 'fc.bias'])
  })

  it('finds nothing of what a killed process left half-written', async () => {
    const out = plain.newRun()
    for await (const event of begin(out, { epochs: 1 })) if (isAt(event, [1, 1])) break
    const left = ['best.safetensors.thaw-1-3.tmp', 'checkpoints/latest.safetensors.4711-9.tmp']
    for (const name of left) await writeFile(path.join(out, name), 'half')
    await all(resume(out, { home: plain.home }))
    expect((await readdir(out, { recursive: true })).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('is nobody else’s while it is trained, and free afterwards, however it ended', async () => {
    const out = plain.newRun()
    let looked = false
    for await (const event of begin(out, { epochs: 1 })) {
      if (!isAt(event, [1, 1])) continue
      await expect(all(resume(out, { home: plain.home }))).rejects.toMatchObject({ code: 'run.locked' })
      looked = true
      break
    }
    expect(looked).toBe(true)
    expect((await all(resume(out, { home: plain.home }))).at(-1)).toMatchObject({ type: 'finished' })
  })
})
