import { link, mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { readEvents, summarise } from '../../src/main/engine/store/runFolder.ts'
import { resume, train } from '../../src/main/engine/training/train.ts'
import { RunConfig } from '../../src/shared/config.ts'
import type { Dataset } from '../../src/shared/dataset.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const [classes, epochs, stoppedAfter] = [1000, 290, 288]
const folder = temporaryFolder()
let dataset: Dataset

beforeAll(async () => {
  process.env['THAW_HOME'] = folder.path('home')
  await drawTinyPhotos(folder.path('drawn'), 2, 2)
  // Links to four photos: what is computed of them is computed once.
  for (let i = 0; i < classes; i += 1)
    for (const [split, first] of [
      ['train', 0],
      ['val', 2],
    ] as const) {
      const name = i % 2 === 0 ? 'dark' : 'light'
      const to = folder.path('photos', split, `class ${i}`)
      await mkdir(to, { recursive: true })
      await link(folder.path('drawn', split, name, `${name}-${first + (i % 2)}.png`), path.join(to, '0.png'))
    }
  dataset = await scanDataset(folder.path('photos'), { seed: 1 })
})

/** Takes each event as it comes, and keeps none. */
async function follow(events: AsyncIterable<RunEvent>, onEvent: (event: RunEvent) => void): Promise<void> {
  for await (const event of events) onEvent(event)
}

it('A run of 1000 classes and 290 epochs is recorded in little, opens, and goes on from its checkpoint', async () => {
  const config = RunConfig.parse({
    ...(await tinySettings(folder.path('weights'), 'tiny-bn')),
    ...{ augmentation: 'none', epochs, batch: 500, threads: 2, plan: { fc: 0.1 } },
  })
  const out = folder.path('run')
  const control = new AbortController()
  await follow(
    train({ home: folder.path('home'), folder: out, dataset, config, signal: control.signal }),
    (event) => {
      if (event.type === 'batch' && event.epoch === stoppedAfter + 1) control.abort()
    },
  )
  expect(await summarise(out)).toMatchObject({ state: 'stopped', epoch: stoppedAfter })
  // With all its zeros one matrix alone would be 2 MB.
  expect((await stat(path.join(out, 'events.jsonl'))).size).toBeLessThan(30e6)

  let last: RunEvent | undefined
  await follow(resume(out, { home: folder.path('home') }), (event) => (last = event))
  expect(last).toMatchObject({ type: 'finished' })
  expect(await summarise(out)).toMatchObject({ state: 'finished', epoch: epochs })
  const numbers: number[] = []
  for await (const { event } of readEvents(out)) if (event.type === 'epoch') numbers.push(event.epoch)
  expect(numbers).toEqual(Array.from({ length: epochs + 1 }, (_, i) => i))
})
