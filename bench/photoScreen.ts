/**
 * `node scripts/node24.mjs bench/photoScreen.ts scan|scroll|map FOLDER HOME`: the photo room in Chromium, as a person has it before them,
 * on a folder of photos and in a data folder that is kept from one part to the next. One JSON object a row.
 *
 * - `scan`: the folder is added while the room is open: until its first thumbnails are seen, and until the scan has ended.
 * - `scroll`: wheels at 6,000 pixels a second: times between frames, the longest task, how long after the end a tile of those on the screen
 *   has no picture, and what the page and the library take of memory.
 * - `map`: points are put anywhere, and the map of them is moved and zoomed.
 *
 * Chromium draws by the processor here, without a graphics card; frames of an empty page stand beside what is measured.
 */
import { starterModel } from '../src/shared/api/features.ts'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { ensureBuilt } from '../scripts/build/build.ts'
import { rendererFolder } from '../scripts/build/targets.ts'
import { ensureBrowser } from '../scripts/setup/browser.ts'
import { dataPaths } from '../src/main/engine/store/paths.ts'
import { keyOf, Relations } from '../src/main/engine/store/relations.ts'
import { checkoutRoot, engineOfCheckout } from '../src/main/host/engineFiles.ts'
import { startServe } from '../src/main/serve.ts'
import { enterServing } from '../scripts/serving.ts'
import { randomFor } from '../src/shared/random.ts'

const [part = 'scroll', photos = '', home = ''] = process.argv.slice(2)
const row = (work: string, more: Record<string, unknown>) => console.log(JSON.stringify({ work, ...more }))

await ensureBuilt({ desktop: false })
const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
const serving = await startServe({
  ...{ port: 0, env },
  ...{ renderer: rendererFolder, engine: engineOfCheckout(checkoutRoot()) },
})
const { origin, connect } = await enterServing(serving)
const { client, close } = await connect()
const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? 0

/** Begins to write down frames and long tasks in the page. */
const watchFrames = (on: Page) =>
  on.evaluate(`(() => {
    const watched = (window.watched = { frames: [], tasks: [], goes: true })
    let last = performance.now()
    const frame = (now) => {
      watched.frames.push(now - last)
      last = now
      if (watched.goes) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    new PerformanceObserver((list) => watched.tasks.push(...list.getEntries().map((it) => it.duration)))
      .observe({ entryTypes: ['longtask'] })
  })()`)

async function framesSeen(on: Page) {
  const { frames, tasks } = await on.evaluate<{ frames: number[]; tasks: number[] }>(
    `(watched.goes = false, { frames: watched.frames.slice(1), tasks: watched.tasks })`,
  )
  const seconds = frames.reduce((sum, it) => sum + it, 0) / 1000
  return {
    framesPerSecond: Number((frames.length / seconds).toFixed(1)),
    median: Number(quantile(frames, 0.5).toFixed(1)),
    p95: Number(quantile(frames, 0.95).toFixed(1)),
    longest: Number(Math.max(...frames).toFixed(1)),
    longestTask: Math.round(Math.max(0, ...tasks)),
  }
}

/** Frames of a page on which nothing happens: what this machine can show at all. */
async function idleFrames(): Promise<void> {
  const empty = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await empty.goto('about:blank')
  await watchFrames(empty)
  await empty.waitForTimeout(3000)
  row('an empty page', await framesSeen(empty))
  await empty.close()
}

/** Pictures of those tiles that are on the screen: how many there are, how many show nothing yet, and how many not their own picture. */
const tilesInView = `(() => {
  const tiles = [...document.querySelectorAll('[data-place]')].filter((tile) => {
    const { top, bottom } = tile.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  })
  const blank = tiles.filter((tile) => {
    const image = tile.querySelector('img')
    return !image || !image.complete || image.naturalWidth === 0
  })
  const empty = [...document.querySelectorAll('.flying')].filter((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  })
  const standIns = tiles.filter((tile) => !tile.querySelector('img')?.src.includes('/thumb/'))
  return { tiles: tiles.length, blank: blank.length + empty.length, standIns: standIns.length + empty.length }
})()`
const inView = () => page.evaluate<{ tiles: number; blank: number; standIns: number }>(tilesInView)

/** Mebibytes of a process that are in memory. */
const residentOf = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/^VmRSS:\s*(\d+)/m.exec(status)![1]) / 1024)
}
/** The library among the processes that this one has started, by its entry point. */
async function libraryProcess(): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const of = (file: string) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')
    const isOurs = (await of('stat')).split(') ')[1]?.split(' ')[1] === String(process.pid)
    if (isOurs && /library[^/]*\.ts/.test(await of('cmdline'))) return Number(name)
  }
  return undefined
}
async function memory(): Promise<void> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  const sizes = await Promise.all(renderers.map(({ id }) => residentOf(id)))
  const library = await libraryProcess()
  row('memory', {
    pageMebibytes: Math.max(...sizes),
    ...(library && { libraryMebibytes: await residentOf(library) }),
  })
}

/** The dataset of the folder, which `scan` has added. */
async function theDataset(): Promise<string> {
  const { datasets } = await client.call('datasets.list', {})
  return datasets.find(({ folder }) => folder === path.resolve(photos))!.id
}

async function openRoom(place: string): Promise<void> {
  await page.goto(serving.freshAddress())
  await page.waitForURL(/#\/(start|photos)/)
  await page.goto(`${origin}/#/${place}`)
}

async function scan(): Promise<void> {
  await openRoom('photos')
  await pause(1000)
  await watchFrames(page)
  const began = performance.now()
  let ended = 0
  const added = client
    .call('datasets.add', { folder: path.resolve(photos) })
    .finally(() => (ended = performance.now()))
  for (;;) {
    const { tiles, blank } = await inView()
    if (tiles > blank) break
    await pause(10)
  }
  row('first thumbnail', { ms: Math.round(performance.now() - began), scanGoesOn: ended === 0 })
  for (;;) {
    const { tiles, blank } = await inView()
    if (tiles >= 24 && blank === 0) break
    await pause(10)
  }
  row('first screen of thumbnails', { ms: Math.round(performance.now() - began), scanGoesOn: ended === 0 })
  const { train, val, unreadable } = await added
  const seconds = (ended - began) / 1000
  const count = [...train, ...val].reduce((a, b) => a + b, unreadable)
  row('scan while the room is open', {
    photos: count,
    seconds: Math.round(seconds),
    perSecond: Math.round(count / seconds),
  })
  row('frames meanwhile', await framesSeen(page))
  await memory()
}

const speed = 6000
const seconds = 15

async function scroll(): Promise<void> {
  await idleFrames()
  await openRoom(`photos/${await theDataset()}`)
  await page.locator('[data-place="0"] img').first().waitFor()
  await pause(2000)
  const box = (await page.locator('[role="listbox"]').first().boundingBox())!
  const session = await page.context().newCDPSession(page)
  for (const way of [-1, -1, 1]) {
    await watchFrames(page)
    await session.send('Input.synthesizeScrollGesture', {
      ...{ x: box.x + box.width / 2, y: box.y + box.height / 2 },
      ...{ yDistance: way * speed * seconds, speed, gestureSourceType: 'mouse' },
    })
    const stopped = performance.now()
    const seen = await framesSeen(page)
    let blankMs = 0
    let pictureMs = 0
    for (let quiet = 0; quiet < 20;) {
      const { blank, standIns } = await inView()
      if (blank > 0) blankMs = performance.now() - stopped
      if (standIns > 0) pictureMs = performance.now() - stopped
      quiet = standIns > 0 ? 0 : quiet + 1
      await pause(10)
    }
    row(`scroll ${way < 0 ? 'down' : 'up'}`, {
      ...seen,
      blankMs: Math.round(blankMs),
      pictureMs: Math.round(pictureMs),
    })
  }
  await memory()
}

/** Points in as many heaps as classes. */
async function putMap(dataset: string): Promise<void> {
  const all: { path: string; hash?: string | undefined; class: number | null }[] = []
  for (let offset = 0; ; offset += 500) {
    const found = await client.call('datasets.photos', { dataset, offset, limit: 500 })
    all.push(...found.photos)
    if (all.length >= found.total) break
  }
  const random = randomFor(1, 'sample')
  const about = () => random.uniform() + random.uniform() + random.uniform() - 1.5
  const positions = Float32Array.from(
    all.flatMap((photo) => {
      const turn = ((photo.class ?? 0) * 2 * Math.PI) / 10
      return [4 * Math.cos(turn) + about(), 4 * Math.sin(turn) + about()]
    }),
  )
  await new Relations(dataPaths({ home, cache: path.join(home, 'cache') }).relations).keepMap(dataset, {
    ...{
      by: { model: starterModel, backbone: 'efficientnet-lite0' },
      computed: new Date().toISOString(),
      positions,
    },
    paths: all.map((photo) => photo.path),
    keys: all.map((photo) => keyOf(photo)),
  })
}

async function map(): Promise<void> {
  await idleFrames()
  const dataset = await theDataset()
  await putMap(dataset)
  await openRoom(`photos/${dataset}?tab=map`)
  const frame = page.locator('.map')
  await frame.waitFor()
  await pause(3000)
  const { x, y, width, height } = (await frame.boundingBox())!
  const [left, top] = [x + width / 2, y + height / 2]
  const measure = async (work: string, act: () => Promise<void>) => {
    await watchFrames(page)
    await act()
    row(work, await framesSeen(page))
    await pause(1000)
  }
  await measure('the map at rest', () => pause(3000))
  await measure('the map, zoomed by the wheel', async () => {
    await page.mouse.move(left, top)
    for (let i = 0; i < 180; i += 1) {
      await page.mouse.wheel(0, i % 60 < 30 ? -40 : 40)
      await pause(8)
    }
  })
  await page.keyboard.press('h')
  await measure('the map, moved', async () => {
    await frame.focus()
    await page.keyboard.press('h')
    await page.mouse.move(left, top)
    await page.mouse.down()
    for (let i = 0; i < 240; i += 1) {
      await page.mouse.move(left + 200 * Math.sin(i / 20), top + 150 * Math.cos(i / 30))
      await pause(8)
    }
    await page.mouse.up()
  })
  await memory()
}

try {
  await { scan, scroll, map }[part]!()
} finally {
  await browser.close()
  close()
  await serving.close()
}
process.exit()
