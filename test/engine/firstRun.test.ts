/** A run as the first version of Thaw left it (stopped in its second epoch), with the names of that time. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { eventCount, readEvents, readRecord, summarise } from '../../src/main/engine/store/runFolder.ts'
import { resume, train } from '../../src/main/engine/training/train.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const run = () => folder.path('run')

async function eventsOf(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

describe('A run of the first version', () => {
  beforeAll(async () => {
    process.env['THAW_HOME'] = folder.path('home')
    await drawTinyPhotos(folder.path('photos'))
    await tinySettings(folder.path(), 'tiny-bn')
    await cp('test/fixtures/first-run', run(), { recursive: true })
    for (const name of ['run.json', 'events.jsonl']) {
      const text = await readFile(`${run()}/${name}`, 'utf8')
      await writeFile(`${run()}/${name}`, text.replaceAll('FOLDER', folder.path()))
    }
  })

  it('opens with all its events', async () => {
    const { config } = await readRecord(run())
    expect(config.plan).toEqual({
      fc: { learningRate: 1e-2 },
      'features.5': { learningRate: 1e-3, statistics: 'keep' },
    })
    const read: RunEvent[] = []
    for await (const { event } of readEvents(run())) read.push(event)
    expect(read).toHaveLength(await eventCount(run()))
    const learningRates = read.flatMap((event) => (event.type === 'batch' ? [event.learningRates] : []))
    expect(learningRates[0]).toEqual([1e-3, 1e-2])
    expect(await summarise(run())).toMatchObject({ state: 'stopped', epoch: 1, best: { epoch: 1 } })
  })

  it('goes on to the weights that it would have now', async () => {
    const { config } = await readRecord(run())
    const dataset = await scanDataset(folder.path('photos'), { seed: 1 })
    const home = folder.path('home')
    await eventsOf(train({ home, folder: folder.path('anew'), dataset, config }))
    const events = await eventsOf(resume(run(), { home, allowDifferent: true }))
    expect(events.at(-1)?.type).toBe('finished')
    const [first, anew] = await Promise.all(
      [run(), folder.path('anew')].map((at) => openWeights(`${at}/last.safetensors`)),
    )
    // Written on another machine: not the same to the last bit, and far nearer than a lost moment of Adam would leave it.
    for (const { name } of anew!.tensors) {
      const [a, b] = [await first!.read(name), await anew!.read(name)]
      const largest = Math.max(...b.map(Math.abs))
      a.forEach((value, i) => expect(Math.abs(value - b[i]!), name).toBeLessThanOrEqual(1e-4 * largest))
    }
    await Promise.all([first!.close(), anew!.close()])
  })
})
