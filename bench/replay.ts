/**
 * `node scripts/node24.mjs bench/replay.ts`: the live page of a run of 500,000 events in Chromium, opened anew: until all of them are
 * drawn, the longest task of the page meanwhile, how long a click waits for the next frame, and what the page holds in the end. The
 * events are those of a real run of one epoch, its batches, answers and receipts repeated, in a data folder that is thrown away. One
 * JSON object a row; the `floor` is the same page with the events that the run had by itself.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { RunEvent, RunEventOf } from '../src/shared/run.ts'
import { served } from './served.ts'

const total = 500_000
const perEpoch = 1000
/** Steps of which a run tells how its layers worked. */
const measured = 200

/** The events of a long run, made of a short one's. */
function* longRun(events: readonly RunEvent[]): Generator<RunEvent> {
  const find = <T extends RunEvent['type']>(type: T) =>
    events.findLast((event): event is RunEventOf<T> => event.type === type)!
  const [batch, norms, epoch, receipt] = [find('batch'), find('norms'), find('epoch'), find('receipt')]
  const epochs = total / perEpoch
  const others = 2
  const batches = perEpoch - others
  yield* events.slice(
    0,
    events.findIndex(({ type }) => type === 'batch'),
  )
  for (let now = 1; now <= epochs; now += 1) {
    for (let at = 1; at <= batches; at += 1) {
      const step = (now - 1) * batches + at
      const loss = 1 / (1 + step / 5000) + (step % 7) / 50
      yield { ...batch, epoch: now, batch: at, batches, loss, batchLoss: loss }
      if (step % Math.ceil((epochs * batches) / measured) === 0) yield { ...norms, epoch: now, batch: at }
    }
    yield { ...epoch, epoch: now, best: now % 50 === 0 }
    yield { ...receipt, epoch: now }
  }
  yield find('finished')
}

async function makeLong(folder: string): Promise<void> {
  const file = path.join(folder, 'events.jsonl')
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const out = createWriteStream(file)
  for (const event of longRun(lines.map((line) => JSON.parse(line) as RunEvent)))
    if (!out.write(`${JSON.stringify(event)}\n`)) await once(out, 'drain')
  await new Promise((resolve) => out.end(resolve))
}

/** From the page's first script on: long tasks, and how long a click at any moment would wait for the frame that shows its effect. */
const watching = `
  window.told = { tasks: [], frames: [] }
  new PerformanceObserver((list) => told.tasks.push(...list.getEntries().map((it) => it.duration)))
    .observe({ type: 'longtask' })
  setInterval(() => {
    const from = performance.now()
    setTimeout(() => requestAnimationFrame(() => told.frames.push(performance.now() - from)))
  }, 50)`

/** Goes from the list of runs to a run's live page. */
async function visit(page: Page, run: string, work: string, isWhole: () => Promise<void>): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${origin}/#/runs`)
  await page.locator('table').first().waitFor({ timeout: 60_000 })
  await pause(1000)
  await page.evaluate('Object.assign(told, { tasks: [], frames: [] })')
  const from = performance.now()
  await page.evaluate(`location.hash = '#/runs/${run}/live'`)
  await isWhole()
  await pause(500)
  const ms = performance.now() - from
  await page.evaluate('window.gc?.()')
  const told = await page.evaluate<Record<string, number>>(`(() => {
    const { tasks, frames } = window.told
    return {
      longestTaskMs: Math.max(0, ...tasks), tasksOver100: tasks.filter((it) => it > 100).length,
      answeredWithinMs: Math.max(0, ...frames),
      answeredMedianMs: frames.toSorted((a, b) => a - b)[Math.floor(frames.length / 2)],
      heapMiB: performance.memory.usedJSHeapSize / 2 ** 20, elements: document.querySelectorAll('*').length,
    }
  })()`)
  console.log(JSON.stringify({ work, seconds: ms / 1000, ...told }))
}

const { origin, client, train, open, end } = await served('replay', [
  '--enable-precise-memory-info',
  '--js-flags=--expose-gc',
])

try {
  const { id } = await client.call('sample.draw', {})
  const run = await train(id, { plan: 'head-only', epochs: 1 })
  const page = await open(watching)
  const logged = page.locator('.log')
  // The first time loads the page's scripts.
  for (const work of ['first time: the run of one epoch', 'floor: the run of one epoch'])
    await visit(page, run, work, () => logged.waitFor())
  await makeLong((await client.call('runs.get', { run })).summary.folder)
  for (const work of ['500,000 events, first time', '500,000 events, again'])
    await visit(page, run, work, () =>
      logged
        .getByText(`${total / perEpoch}`)
        .first()
        .waitFor({ timeout: 300_000 }),
    )
} finally {
  await end()
}
process.exit()
