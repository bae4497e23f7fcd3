/**
 * `node scripts/node24.mjs bench/heatMap.ts`: the confusion matrix of 200 classes on a run's page in Chromium, at 1440 × 900: from the
 * click until it is painted, and the frames while it is zoomed by wheel and dragged. A real run of one epoch on drawn photos, in a data
 * folder that is thrown away. Times include what Chromium's software drawing costs on a machine without a graphics card. One JSON
 * object a row, with the processor time that a frame takes of the page's thread; the `floor` is the same page's frames while nothing is done to it.
 */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import sharp from 'sharp'
import { mix } from '../src/shared/random.ts'
import { served } from './served.ts'

const classes = 200
const perPart = { train: 1, val: 5 }
/** Events of the pointer, one in each frame. */
const events = 120

const row = (work: string, more: Record<string, number>) => console.log(JSON.stringify({ work, ...more }))

/** One colour a class, a little off in each photo. */
async function drawPhotos(folder: string): Promise<void> {
  for (const [part, photos] of Object.entries(perPart))
    for (let it = 0; it < classes; it += 1) {
      const place = path.join(folder, part, `class ${String(it).padStart(3, '0')}`)
      await mkdir(place, { recursive: true })
      for (let photo = 0; photo < photos; photo += 1) {
        const [r, g, b] = [0, 1, 2].map((channel) => (mix(it * 3 + channel) + (mix(photo) % 40)) % 256)
        const background = { r: r!, g: g!, b: b! }
        const image = sharp({ create: { width: 64, height: 64, channels: 3, background } })
        await image.jpeg().toFile(path.join(place, `${part} ${photo}.jpg`))
      }
    }
}

/** Milliseconds of processor time that the page's thread has taken. */
async function worked(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value
}

/** Frames while something is done in each; as text, for the page's globals are not this process's. */
async function frames(page: Page, work: string, act: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await worked(session)
  const between = await page.evaluate<number[]>(`new Promise((done) => {
    const canvas = document.querySelector('.heat-map canvas')
    const box = canvas.getBoundingClientRect()
    const [x, y] = [box.left + box.width / 3, box.top + box.height / 3]
    const at = []
    const step = (time) => {
      at.push(time)
      if (at.length > ${events}) return done(at.slice(1).map((it, i) => it - at[i]))
      const i = at.length
      ${act}
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })`)
  tell(work, between, ((await worked(session)) - before) / between.length)
}

/** Milliseconds from the click until the frame after the one that the canvas is first in: by then that one was painted. */
const opening = (page: Page) =>
  page.evaluate<number>(`new Promise((done) => {
    const from = performance.now()
    Array.from(document.querySelectorAll('label.radio')).find((it) => it.textContent.trim() === 'Matrix').click()
    const look = () =>
      document.querySelector('.heat-map canvas')
        ? requestAnimationFrame(() => done(performance.now() - from))
        : requestAnimationFrame(look)
    requestAnimationFrame(look)
  })`)

function tell(work: string, between: number[], workMs: number): void {
  const sorted = between.toSorted((a, b) => a - b)
  const seconds = between.reduce((sum, it) => sum + it, 0) / 1000
  row(work, {
    ...{ framesPerSecond: between.length / seconds, medianMs: sorted[Math.floor(sorted.length / 2)]! },
    ...{ p95Ms: sorted[Math.floor(sorted.length * 0.95)]!, longestMs: sorted.at(-1)!, workMs },
  })
}

const { home, origin, client, train, open, end } = await served('heat-map')

try {
  const folder = path.join(home, 'photos')
  await drawPhotos(folder)
  const { id } = await client.call('datasets.add', { folder })
  const run = await train(id, { plan: 'head-only', epochs: 1, augmentation: 'none' })
  const page = await open()
  await page.goto(`${origin}/#/runs/${run}`)
  const radio = (name: string) => page.getByRole('radio', { name })
  await radio('Matrix').waitFor()
  const opened: number[] = []
  for (let time = 0; time < 5; time += 1) {
    opened.push(await opening(page))
    await radio('Mix-ups').click()
  }
  await radio('Matrix').click()
  row('matrix of 200 × 200, from the click to the next frame', {
    firstMs: opened[0]!,
    medianMs: opened.toSorted((a, b) => a - b)[2]!,
  })
  await page.locator('.heat-map canvas').scrollIntoViewIfNeeded()
  await frames(page, 'floor: frames while nothing is done', '')
  const wheel = `canvas.dispatchEvent(new WheelEvent('wheel', {
    deltaY: Math.floor(i / 15) % 2 ? 100 : -100, clientX: x, clientY: y, cancelable: true, bubbles: true }))`
  await frames(page, 'frames while zooming by wheel', wheel)
  const point = `canvas.dispatchEvent(new PointerEvent('pointermove', {
    clientX: x + 2 * (i % 60), clientY: y + i % 60, bubbles: true }))`
  await frames(page, 'frames while pointing', point)
  const drag = `if (i === 1) canvas.dispatchEvent(new PointerEvent('pointerdown', {
    clientX: x, clientY: y, pointerId: 1, bubbles: true })); else ${point}`
  await page.locator('.heat-map button').last().click()
  await frames(page, 'frames while dragging', drag)
} finally {
  await end()
}
process.exit()
