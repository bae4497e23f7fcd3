import { setTimeout as later } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { InnerClient } from '../../../src/main/host/child.ts'
import { Jobs } from '../../../src/main/host/jobs/jobs.ts'
import { trainingHandlers } from '../../../src/main/host/jobs/training.ts'
import { RunConfig } from '../../../src/shared/config.ts'

const input = { dataset: 'photos', config: RunConfig.parse({}) }

interface Work {
  tell: () => void
  end: () => void
}

/** A trainer whose runs are told of, told to be over, and end as the test says: one a training, called 0, 1, …. */
async function aTrainer() {
  const works: Work[] = []
  let open: string | undefined
  const finished = new Set<string>()
  const call = (name: string, _: unknown, context?: { onProgress: (item: object) => void }) => {
    if (name !== 'trainer.work') return Promise.resolve({})
    const run = String(works.length)
    const tell = () => context!.onProgress({ detail: { run } })
    return new Promise((resolve) => {
      works.push({ tell, end: () => resolve({ result: { run } }) })
      open = run
      tell()
    })
  }
  const jobs = new Jobs({
    clientOf: () => Promise.resolve({ call } as unknown as InnerClient),
    onChange: () => undefined,
    onCleared: () => undefined,
  })
  const handlers = trainingHandlers(
    jobs,
    () => open,
    (run) => Promise.resolve(finished.has(run)),
  )
  const begin = handlers['train.start'] as unknown as (given: typeof input) => Promise<{ run: string }>
  const start = () => begin(input)
  await start()
  return { works, start, opened: (run?: string) => (open = run), finished }
}

test('A training that is begun while one ends, however long that takes, begins at its end', async () => {
  const { works, start, opened } = await aTrainer()
  opened(undefined)
  const next = start()
  expect(await Promise.race([next.catch(() => 'refused'), later(1500, 'waits')])).toBe('waits')
  works[0]!.end()
  expect(await next).toEqual({ run: '1' })
})

test('What only seemed to end, as one does that goes on after a restart, is not waited for once its run is told of', async () => {
  const { works, start, opened } = await aTrainer()
  opened(undefined)
  const next = start()
  opened('0')
  works[0]!.tell()
  await expect(next).rejects.toMatchObject({ code: 'busy' })
})

test('A training whose run is finished in its files, before its end is told, is waited for: programs read them', async () => {
  const { works, start, finished } = await aTrainer()
  finished.add('0')
  const next = start()
  expect(await Promise.race([next.catch(() => 'refused'), later(200, 'waits')])).toBe('waits')
  works[0]!.end()
  expect(await next).toEqual({ run: '1' })
})

test('A training that is at work is not waited for', async () => {
  const { start } = await aTrainer()
  await expect(start()).rejects.toMatchObject({ code: 'busy' })
})
