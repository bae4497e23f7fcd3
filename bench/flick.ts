/**
 * `node scripts/node24.mjs bench/flick.ts [--photos 30000] [--exif] [--scan] [--seconds 5]`: how long tiles stay blank while a person flicks through
 * a dataset in a browser and stops, none of whose thumbnails is there yet. Photos are of 640×480, or with `--exif` of 4000×3000 with a
 * small picture of the camera's in them. With `--old` they were scanned before colours of photos were kept. With `--scan` the photos are other ones than the scan has seen, and are scanned meanwhile. One JSON object a row: `flick` while it moves, `stop` on
 * the screen where it comes to rest; `pictures`, milliseconds from there on until every tile shows its own picture instead of its colours.
 */
import { link, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { ensureBuilt } from '../scripts/build/build.ts'
import { ensureBrowser } from '../scripts/setup/browser.ts'
import { familySeconds } from './measure.ts'
import { lookAt } from '../src/main/engine/photos/look.ts'
import { startServe } from '../src/main/serve.ts'
import type { ScannedDataset, ScannedPhoto } from '../src/shared/dataset.ts'
import { randomFor } from '../src/shared/random.ts'
import { withExifThumbnail } from '../test/support/exifThumbnail.ts'

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '30000' },
    seconds: { type: 'string', default: '5' },
    exif: { type: 'boolean', default: false },
    scan: { type: 'boolean', default: false },
    old: { type: 'boolean', default: false },
  },
})
const photos = Number(values.photos)
const seconds = Number(values.seconds)
/** Files that are photographed, as it were; each lies under many names. */
const originals = 24
/** What no tile may stay blank for, milliseconds. */
const target = 300
const [width, height] = values.exif ? [4000, 3000] : [640, 480]

/** Something with the detail of a photo: noise of several grains, so that decoding costs what it does. */
async function original(number: number): Promise<Buffer> {
  const random = randomFor(number, 'sample')
  const layers = [8, 40, 160].map(async (grain) => {
    const [w, h] = [Math.ceil(width / (640 / grain)), Math.ceil(height / (640 / grain))]
    const noise = Buffer.from(Array.from({ length: w * h * 3 }, () => Math.floor(256 * random.uniform())))
    return sharp(noise, { raw: { width: w, height: h, channels: 3 } })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .png()
      .toBuffer()
  })
  const [coarse, ...finer] = await Promise.all(layers)
  const blended = sharp(coarse).composite(finer.map((input) => ({ input, blend: 'soft-light' as const })))
  const jpeg = await blended.jpeg({ quality: 85 }).toBuffer()
  if (!values.exif) return jpeg
  return withExifThumbnail(jpeg, await sharp(jpeg).resize(160, 120).jpeg({ quality: 70 }).toBuffer())
}

/** A dataset of photos that are only listed, as a scan would have found them. */
async function theDataset(home: string): Promise<void> {
  const folder = path.join(home, 'photos')
  const classes = ['a', 'b']
  for (const name of classes) await mkdir(path.join(folder, name), { recursive: true })
  const sources: { file: string; colours: string }[] = []
  for (let number = 0; number < originals; number += 1) {
    const file = path.join(home, `${number}.jpg`)
    await writeFile(file, await original(number))
    sources.push({ file, colours: (await lookAt(file)).colours })
  }
  const listed: ScannedPhoto[] = []
  for (let i = 0; i < photos; i += 1) {
    const place = `${classes[i % 2]!}/${String(i).padStart(6, '0')}.jpg`
    const file = path.join(folder, place)
    const { file: source, colours } = sources[i % originals]!
    await link(source, file)
    const { size: bytes, mtimeMs: modified } = await stat(file)
    listed.push({
      ...{
        path: place,
        class: i % 2,
        split: i % 5 === 0 ? 'val' : 'train',
        bytes,
        modified: Math.round(modified) + Number(values.scan),
        width,
        height,
      },
      hash: i.toString(16).padStart(64, '0'),
      ...(!values.old && { colours }),
    })
  }
  const dataset: ScannedDataset = {
    ...{ folder, layout: 'class-folders', classes, unreadable: [] },
    photos: listed,
  }
  const now = new Date().toISOString()
  await mkdir(path.join(home, 'datasets'), { recursive: true })
  const stored = { id: 'flick', name: 'flick', added: now, scanned: now, dataset }
  await writeFile(path.join(home, 'datasets', 'flick.json'), JSON.stringify(stored))
}

interface Blank {
  /** Milliseconds for which each tile was in view and blank, one after the other. */
  flick: number[]
  stop: number[]
  frames: number
  /** Milliseconds after the stop until it was known which photos are in view. */
  known: number
  /** Milliseconds after the stop until every tile in view showed its own picture. */
  pictures: number
}

/**
 * Scrolls from the first photo to the last, fast and then ever slower, and looks at each frame which tiles in view are blank. As text,
 * since the page's own globals are not those of this process.
 */
const flickInPage = (milliseconds: number): string => `new Promise((resolve) => {
  const frame = document.querySelector('[role="listbox"]')
  const whole = frame.scrollHeight - frame.clientHeight
  const began = performance.now()
  const blankSince = new Map()
  const found = { flick: [], stop: [], frames: 0, known: -1, pictures: -1 }
  const look = (now) => {
    const isOver = now - began >= ${milliseconds}
    const share = Math.min(1, (now - began) / ${milliseconds})
    if (isOver && !found.isTold) console.log('stop')
    found.isTold = isOver
    if (!isOver || frame.scrollTop < whole - 1) frame.scrollTop = whole * (1 - (1 - share) ** 2)
    const box = frame.getBoundingClientRect()
    const inView = new Set()
    let blank = 0
    let unknown = 0
    let standIns = 0
    for (const tile of frame.querySelectorAll('[data-place]')) {
      const { top, bottom } = tile.getBoundingClientRect()
      if (bottom <= box.top || top >= box.bottom) continue
      const place = tile.dataset.place
      inView.add(place)
      const image = tile.querySelector('img')
      if (!image) unknown += 1
      if (image && !image.src.includes('/thumb/')) standIns += 1
      if (image && image.complete && image.naturalWidth > 0) {
        if (blankSince.has(place)) found[isOver ? 'stop' : 'flick'].push(now - blankSince.get(place))
        blankSince.delete(place)
      } else {
        blank += 1
        // After the stop, what comes late was missed since then.
        if (!blankSince.has(place)) blankSince.set(place, isOver ? Math.min(now, began + ${milliseconds}) : now)
      }
    }
    // Rows that fly past have no tiles yet.
    for (const row of frame.querySelectorAll('.flying')) {
      const { top, bottom } = row.getBoundingClientRect()
      if (bottom > box.top && top < box.bottom) unknown += 1
    }
    blank += unknown
    for (const [place, since] of blankSince)
      if (!inView.has(place)) {
        found.flick.push(now - since)
        blankSince.delete(place)
      }
    found.frames += 1
    if (isOver && found.known < 0 && unknown === 0 && inView.size > 0) found.known = now - began - ${milliseconds}
    if (isOver && blank + standIns === 0 && inView.size > 0) {
      found.pictures = now - began - ${milliseconds}
      resolve(found)
    }
    else if (now - began > ${milliseconds} + 60_000) {
      for (const since of blankSince.values()) found.stop.push(now - since)
      resolve(found)
    } else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})`

function told(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0)
  const over = times.filter((time) => time > target).length
  console.log(
    JSON.stringify({
      work: name,
      blank: times.length,
      p50: at(0.5),
      p95: at(0.95),
      longest: at(1),
      over,
      target,
    }),
  )
}

async function flick(page: Page): Promise<void> {
  let atStop: Record<string, number> = {}
  page.on('console', (message) => {
    if (message.text() === 'stop') atStop = familySeconds()
  })
  const found = await page.evaluate<Blank>(flickInPage(seconds * 1000))
  const took = Object.entries(familySeconds()).map(([name, s]): [string, number] => [
    name,
    Math.round(1000 * (s - (atStop[name] ?? 0))),
  ])
  const { frames, known, pictures } = found
  // Hundredths of a second are what the system counts by.
  console.log(JSON.stringify({ processorMillisecondsAfterTheStop: Object.fromEntries(took) }))
  console.log(
    JSON.stringify({
      photos,
      width,
      height,
      frames,
      seconds,
      known: Math.round(known),
      pictures: Math.round(pictures),
    }),
  )
  told('flick', found.flick)
  told('stop', found.stop)
}

await ensureBuilt({ desktop: false })
const home = await mkdtemp(path.join(os.tmpdir(), 'thaw-flick-'))
try {
  await theDataset(home)
  const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
  const serving = await startServe({ port: 0, env })
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    await page.goto(serving.address)
    await page.goto(`http://127.0.0.1:${serving.port}/#/photos/flick`)
    await page.locator('[data-place="0"] img').waitFor({ timeout: 120_000 })
    // The room has come to rest: what is in view is there.
    const isThere =
      '[...document.querySelectorAll("[data-place] img")].every((it) => it.complete && it.src.includes("/thumb/"))'
    while (!(await page.evaluate<boolean>(isThere))) await sleep(100)
    await flick(page)
  } finally {
    await browser.close()
    await serving.close()
  }
} finally {
  await rm(home, { recursive: true, force: true })
}
