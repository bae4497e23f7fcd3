import { rm } from 'node:fs/promises'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodePhoto } from '../../../../src/main/engine/photos/decode.ts'
import { augment } from '../../../../src/main/engine/preprocess/augment/augment.ts'
import { evaluationView, resizedWhole } from '../../../../src/main/engine/preprocess/pipeline.ts'
import { randomOf } from '../../../../src/main/engine/preprocess/views.ts'
import { SharedMemory } from '../../../../src/main/engine/preprocess/workers/memory.ts'
import { PhotoPool } from '../../../../src/main/engine/preprocess/workers/pool.ts'
import type {
  View,
  ViewJob,
  ViewOptions,
} from '../../../../src/main/engine/preprocess/workers/viewWorkers.ts'
import { ViewWorkers } from '../../../../src/main/engine/preprocess/workers/viewWorkers.ts'
import { presets } from '../../../../src/shared/augmentation.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const preparation = { ...recipePreparation, resize: 16, crop: 16 }
const names = Array.from({ length: 12 }, (_, i) => `photo ${i}.jpg`)
const evaluation = { kind: 'evaluation' } as const
let workers: ViewWorkers

/** What tests look at in a pool. */
interface Member {
  worker: Worker
  ready: Promise<void>
  tickets: Map<number, { id: number; alone?: true; task: { file: string } }>
  inHand: Int32Array
}

beforeAll(async () => {
  for (const [i, name] of names.entries())
    await put(folder.path(name), await jpeg({ r: i * 20, g: 255 - i * 20, b: i }, 40 + i, 30))
  workers = await ViewWorkers.open({ threads: 2, folder: folder.path(), preparation })
})
afterAll(() => workers.close())

async function all(jobs: Iterable<ViewJob>, options: ViewOptions = {}): Promise<View[]> {
  const views: View[] = []
  for await (const view of workers.views(jobs, options)) views.push(view)
  return views
}

describe('worker threads', () => {
  it('give the views in the order of the jobs, the same as without threads', async () => {
    const views = await all(names.map((path) => ({ path, view: evaluation })))
    for (const [i, name] of names.entries()) {
      const photo = await decodePhoto(folder.path(name))
      expect(views[i]).toEqual({ pixels: evaluationView(photo, preparation) })
    }
  })

  it('draw the view of an epoch or of a bank, or only resize', async () => {
    const photo = await decodePhoto(folder.path(names[5]!))
    const transforms = presets.strong
    const requests = [
      { kind: 'epoch', seed: 7, photo: 5, epoch: 2, transforms },
      { kind: 'bank', seed: 7, photo: 5, view: 2, transforms },
    ] as const
    const views = await all(
      [...requests, { kind: 'resized' } as const].map((view) => ({ path: names[5]!, view })),
    )
    const [epoch, bank] = requests.map((request) => ({
      pixels: augment(photo, transforms, randomOf(request), preparation).pixels.data,
    }))
    expect(views).toEqual([epoch, bank, { pixels: resizedWhole(photo, preparation) }])
    expect(epoch).not.toEqual(bank)
  })

  it('give an error in the place of a photo that vanished, and go on', async () => {
    await put(folder.path('gone.jpg'), 'x')
    await rm(folder.path('gone.jpg'))
    const views = await all(['gone.jpg', names[0]!].map((path) => ({ path, view: evaluation })))
    expect(views[0]).toMatchObject({ error: { code: 'photo.missing' } })
    expect(views[1]).toHaveProperty('pixels')
  })

  it('keep what comes again where that is wanted, and decode an epoch’s own views each time', async () => {
    const name = 'kept.jpg'
    await put(folder.path(name), await jpeg({ r: 9, g: 99, b: 199 }, 50, 40))
    const jobs: ViewJob[] = [
      { path: name, view: evaluation },
      { path: name, view: { kind: 'bank', seed: 7, photo: 0, view: 1, transforms: presets.recipe } },
      { path: name, view: { kind: 'epoch', seed: 7, photo: 0, epoch: 1, transforms: presets.recipe } },
      { path: names[0]!, view: evaluation },
    ]
    const before = await all(jobs, { keep: true })
    await rm(folder.path(name))
    const after = await all(jobs, { keep: true })
    expect(after[2]).toMatchObject({ error: { code: 'photo.missing' } })
    expect([after[0], after[1], after[3]]).toEqual([before[0], before[1], before[3]])
    expect((await all(jobs))[0]).toMatchObject({ error: { code: 'photo.missing' } })
  })

  it('read the jobs only as far ahead as they are told', async () => {
    let read = 0
    function* jobs(): Generator<ViewJob> {
      for (; read < 1000; read += 1) yield { path: names[read % names.length]!, view: evaluation }
    }
    let seen = 0
    for await (const view of workers.views(jobs(), { ahead: 5 })) {
      expect(view).toHaveProperty('pixels')
      seen += 1
      expect(read).toBeLessThanOrEqual(seen + 5)
      if (seen === 20) break
    }
    expect(read).toBeLessThan(30)
  })

  it('stop when they are told to, and work on afterwards', async () => {
    const stop = new AbortController()
    const endless = (function* (): Generator<ViewJob> {
      for (;;) yield { path: names[0]!, view: evaluation }
    })()
    let seen = 0
    const loop = async () => {
      for await (const view of workers.views(endless, { signal: stop.signal })) {
        expect(view).toHaveProperty('pixels')
        seen += 1
        if (seen === 3) stop.abort()
      }
    }
    await expect(loop()).rejects.toMatchObject({ code: 'cancelled' })
    expect(seen).toBe(3)
    expect(await all([{ path: names[1]!, view: evaluation }])).toHaveLength(1)
  })

  it('of which one died lose the photo it had in hand, and are replaced', async () => {
    const pool = await PhotoPool.open({ threads: 1 })
    const files = names.map((name) => ({ kind: 'look' as const, file: folder.path(name) }))
    const members = (pool as unknown as { members: { worker: Worker }[] }).members
    const outcomes = []
    for await (const outcome of pool.outcomes(files, { ahead: 4 })) {
      outcomes.push(outcome)
      if (outcomes.length === 2) await members[0]!.worker.terminate()
    }
    await pool.close()
    expect(outcomes).toHaveLength(names.length)
    const lost = outcomes.filter((outcome) => 'error' in outcome)
    expect(lost.length).toBeLessThanOrEqual(1)
    expect(outcomes.at(-1)).toMatchObject({ result: { width: 51, height: 30 } })
  })
})

describe('worker threads with several photos in hand', () => {
  it('answer in the order of the tasks, whichever is done first', async () => {
    const pool = await PhotoPool.open({ threads: 1, lanes: 3 })
    const tasks = names.map((name) => ({ kind: 'look' as const, file: folder.path(name) }))
    const widths = []
    for await (const outcome of pool.outcomes(tasks))
      widths.push('result' in outcome ? outcome.result.width : outcome.error.code)
    await pool.close()
    expect(widths).toEqual(names.map((_, i) => 40 + i))
  })

  it('begin no photo while they are held, also those that took a dead one’s place, and go on afterwards', async () => {
    const pool = await PhotoPool.open({ threads: 1, lanes: 2 })
    const members = (pool as unknown as { members: Member[] }).members
    const tasks = names.slice(0, 2).map((name) => ({ kind: 'look' as const, file: folder.path(name) }))
    const ask = async () => {
      const outcomes = []
      for await (const outcome of pool.outcomes(tasks)) outcomes.push(outcome)
      return outcomes
    }
    pool.hold(true)
    const asked = ask()
    let answered = false
    void asked.then(() => (answered = true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await members[0]!.worker.terminate()
    await members[0]!.ready
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(answered).toBe(false)
    pool.hold(false)
    expect(await asked).toMatchObject([{ result: { width: 40 } }, { result: { width: 41 } }])
    pool.hold(true)
    await pool.close()
  })

  it('of which one died try each photo that it had in hand alone, so that no sound one is blamed', async () => {
    const pool = await PhotoPool.open({ threads: 1, lanes: 3 })
    const tasks = names.map((name) => ({ kind: 'look' as const, file: folder.path(name) }))
    const members = (pool as unknown as { members: { worker: Worker }[] }).members
    const outcomes = []
    for await (const outcome of pool.outcomes(tasks, { ahead: 6 })) {
      outcomes.push(outcome)
      if (outcomes.length === 1) await members[0]!.worker.terminate()
    }
    await pool.close()
    expect(outcomes.filter((outcome) => 'error' in outcome)).toEqual([])
    expect(outcomes).toHaveLength(names.length)
  })

  /** One photo that waits while threads are held, and as many threads that end meanwhile. */
  async function waitingThrough(deaths: number) {
    const pool = await PhotoPool.open({ threads: 1 })
    const members = (pool as unknown as { members: Member[] }).members
    pool.hold(true)
    const asked = pool.outcomes([{ kind: 'look', file: folder.path(names[0]!) }]).next()
    const ended = asked.finally(() => pool.close())
    ended.catch(() => undefined)
    for (let i = 0; i < deaths; i += 1) {
      await members[0]!.ready
      await members[0]!.worker.terminate()
    }
    pool.hold(false)
    return ended
  }

  it('blame no photo that only waited for its turn when one died', async () => {
    expect(await waitingThrough(1)).toMatchObject({ value: { result: { width: 40 } } })
  })

  it('that die before any photo again and again are a fault of the program', async () => {
    await expect(waitingThrough(3)).rejects.toThrow('ended')
  })

  it('blame the one with which a thread dies again', async () => {
    const [fatal, sound] = [folder.path('fatal.jpg'), folder.path('sound.jpg')]
    for (const file of [fatal, sound]) await put(file, await jpeg({ r: 1, g: 2, b: 3 }, 1200, 1200))
    const pool = await PhotoPool.open({ threads: 1, lanes: 2, memory: 2 ** 20 })
    const { members, memory } = pool as unknown as { members: Member[]; memory: SharedMemory }
    // As if somebody held some: what is larger than all of the memory waits, and both are in hand until their thread ends.
    const held = new Int32Array(memory.cells)
    Atomics.add(held, 1, 1)
    const ended = new Set<Worker>()
    const end = setInterval(() => {
      const [{ worker, tickets, inHand, ready }] = members as [Member]
      const [first, second] = tickets.values()
      const isInHand = (it: typeof first) => it !== undefined && inHand.includes(it.id + 1)
      const isNext = ended.size === 0 ? isInHand(second) : first?.alone === true
      if (!isNext || !isInHand(first) || first?.task.file !== fatal || ended.has(worker)) return
      ended.add(worker)
      void ready.then(async () => {
        await worker.terminate()
        // The other one may be decoded now.
        if (ended.size === 2) Atomics.sub(held, 1, 1)
      })
    }, 1)
    const files = [fatal, sound, ...names.map((name) => folder.path(name))]
    const failed: string[] = []
    for await (const outcome of pool.outcomes(
      files.map((file) => ({ kind: 'look' as const, file })),
      { ahead: files.length },
    ))
      if ('error' in outcome) failed.push(String(outcome.error.parameters['file']))
    clearInterval(end)
    await pool.close()
    expect({ failed, deaths: ended.size }).toEqual({ failed: [fatal], deaths: 2 })
  })
})

describe('memory that threads share', () => {
  it('is given out as far as it reaches, and to one that wants more than all of it alone', async () => {
    const memory = SharedMemory.of(10_000_000, 3)
    await memory.take(0, 6_000_000)
    const order: string[] = []
    const second = memory.take(1, 5_000_000).then(() => order.push('second'))
    const third = memory.take(2, 3_000_000).then(() => order.push('third'))
    await third
    memory.release(0)
    await second
    memory.release(1)
    memory.release(2)
    await memory.take(0, 99_000_000)
    expect(order).toEqual(['third', 'second'])
  })

  it('is given out to its last KiB, and not a byte more', async () => {
    const memory = SharedMemory.of(10 * 1024, 3)
    await memory.take(0, 6 * 1024)
    let isTaken = false
    const more = memory.take(1, 4 * 1024 + 1).then(() => (isTaken = true))
    await memory.take(2, 4 * 1024)
    expect(isTaken).toBe(false)
    memory.release(0)
    await more
  })
})
