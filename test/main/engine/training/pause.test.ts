import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readEvents, summarise } from '../../../../src/main/engine/store/runFolder.ts'
import { fork } from '../../../../src/main/engine/training/fork.ts'
import { resume, train } from '../../../../src/main/engine/training/train.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import type { RunEvent, RunEventOf } from '../../../../src/shared/run.ts'
import { plainRuns } from '../../../support/plainRuns.ts'

/** Runs in plain JavaScript that a person lets rest. */
const plain = plainRuns()
const config = () => RunConfig.parse({ ...plain.settings, epochs: 3, optimizer: 'adam' })

/** A run that rests once, after the second batch of its second epoch. `during` is called while it does. */
async function paused(during: () => Promise<void>, signal?: AbortSignal): Promise<string> {
  const out = plain.newRun()
  const { home, dataset } = plain
  let [isDue, isDone] = [false, false]
  const shouldPause = () => {
    if (!isDue || isDone) return undefined
    isDone = true
    return during
  }
  const options = { home, folder: out, dataset, config: config(), shouldPause, ...(signal && { signal }) }
  for await (const event of train(options)) {
    isDue ||= event.type === 'batch' && event.epoch === 2 && event.batch === 2
    // Whoever leaves here leaves what a kill does.
    if (event.type === 'paused' && during === killed) break
  }
  return out
}
const killed = () => Promise.resolve()
const aMoment = () => sleep(5)

const eventsOf = async (run: string): Promise<RunEvent[]> => {
  const list: RunEvent[] = []
  for await (const { event } of readEvents(run)) list.push(event)
  return list
}
const ofType = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T): RunEventOf<T>[] =>
  events.filter((event): event is RunEventOf<T> => event.type === type)
const weightsOf = (run: string) =>
  Promise.all(['best', 'last'].map((name) => readFile(path.join(run, `${name}.safetensors`), 'hex')))

async function whole(): Promise<string> {
  const out = plain.newRun()
  for await (const event of train({
    home: plain.home,
    folder: out,
    dataset: plain.dataset,
    config: config(),
  }))
    expect(event.type).not.toBe('failed')
  return out
}

test('A pause and its end are recorded where they were, and change no byte of what is learnt', async () => {
  const run = await paused(aMoment)
  const at = { epoch: 2, batch: 2, batches: 3 }
  const events = await eventsOf(run)
  expect(ofType(events, 'paused')).toEqual([{ type: 'paused', ...at }])
  expect(ofType(events, 'resumed')).toEqual([{ type: 'resumed', ...at, seconds: expect.any(Number) }])
  expect(await weightsOf(run)).toEqual(await weightsOf(await whole()))
})

test('While a run rests its event is there for who looks, and no second is counted as computing', async () => {
  const began = performance.now()
  const rest = 1500
  let seen: RunEvent[] = []
  const run = await paused(async () => {
    seen = await eventsOf(plain.lastRun())
    await sleep(rest)
  })
  expect(seen.at(-1)).toMatchObject({ type: 'paused' })
  const took = (performance.now() - began - rest) / 1000
  const events = await eventsOf(run)
  expect(ofType(events, 'finished')[0]!.seconds).toBeLessThan(took)
  expect(ofType(events, 'epoch').at(2)!.seconds).toBeLessThan(took)
  expect(ofType(events, 'resumed')[0]!.seconds).toBeCloseTo(rest / 1000, 0)
})

test('A run that is stopped while it rests tells of no going on, until it is resumed', async () => {
  const control = new AbortController()
  const stop = () => {
    control.abort()
    return Promise.resolve()
  }
  const run = await paused(stop, control.signal)
  expect((await eventsOf(run)).slice(-3).map(({ type }) => type)).toEqual(['paused', 'checkpoint', 'stopped'])
  for await (const event of resume(run, { home: plain.home })) expect(event.type).not.toBe('resumed')
  expect(await weightsOf(run)).toEqual(await weightsOf(await whole()))
})

test('A run that is killed while it rests goes on to the same bytes, and its journal has each event once', async () => {
  const run = await paused(killed)
  expect((await eventsOf(run)).at(-1)).toMatchObject({ type: 'paused' })
  expect((await summarise(run)).state).toBe('interrupted')
  for await (const event of resume(run, { home: plain.home })) expect(event.type).not.toBe('failed')
  const places = ofType(await eventsOf(run), 'batch').map(({ epoch, batch }) => `${epoch}.${batch}`)
  expect(new Set(places).size).toBe(places.length)
  expect(await weightsOf(run)).toEqual(await weightsOf(await whole()))
})

test('A fork from after a pause shares the pause, byte for byte, and ends in the bytes of the run it parted from', async () => {
  const run = await paused(aMoment)
  const out = await fork({ home: plain.home, from: run, epoch: 2, changes: {}, folder: plain.path('fork') })
  const [events, shared] = await Promise.all(
    [run, out].map((one) => readFile(path.join(one, 'events.jsonl'))),
  )
  expect(shared!.toString()).toContain('"type":"paused"')
  expect(events!.subarray(0, shared!.length).equals(shared!)).toBe(true)
  for await (const event of resume(out, { home: plain.home })) expect(event.type).not.toBe('failed')
  expect(await weightsOf(out)).toEqual(await weightsOf(run))
})
