import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureBrowser } from '../../scripts/setup/browser.ts'
import { pageEn, pageKo } from '../../src/main/engine/exchange/tfjsPageWords.ts'
import { answersOfTfjs } from '../../src/main/engine/exchange/tfjsRuntime.ts'
import { writeTfjs } from '../../src/main/engine/exchange/writeTfjs.ts'
import { decodePhoto } from '../../src/main/engine/photos/decode.ts'
import { writeFormulaWeights } from '../../src/main/engine/weights/formula.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import { recipePreparation } from '../../src/shared/preparation.ts'
import { networkOf } from '../../src/shared/model/registry.ts'
import { temporaryFolder } from '../main/engine/weights/support.ts'
import { patience } from '../support/patience.ts'

const folder = temporaryFolder()
const page = path.join(folder, 'page')
const photo = path.join(folder, 'photo.png')
const broken = path.join(folder, 'broken.png')
const network = networkOf('tiny-vgg')
const classes = Array.from({ length: network.classes }, (_, i) =>
  i === 0 ? '<b>bees & 벌</b>' : `class ${i}`,
)
const preparation = { ...recipePreparation, resize: 224, crop: 224 }

let browser: Browser
let origin: string
let expected: string[]

beforeAll(async () => {
  const start = path.join(folder, 'start.pth')
  await writeFormulaWeights('tiny-vgg', start)
  mkdirSync(page)
  const weights = await openWeights(start)
  await writeTfjs(path.join(page, 'model.json'), { network, weights, preparation, classes })
  await weights.close()

  // As large as the square that the network sees: nothing is resized, so the numbers have to be the same.
  const { crop } = preparation
  const pixels = Uint8Array.from({ length: crop * crop * 3 }, (_, i) => (i * 7 + (i >> 9)) % 256)
  await sharp(pixels, { raw: { width: crop, height: crop, channels: 3 } })
    .png()
    .toFile(photo)
  writeFileSync(broken, 'no photo')
  const { logits } = await answersOfTfjs(path.join(page, 'model.json'), [photo], preparation, decodePhoto)
  const powers = Array.from(logits[0]!, (it) => Math.exp(it))
  const sum = powers.reduce((a, b) => a + b)
  expected = powers
    .map((it, c) => ({ share: (100 * it) / sum, label: classes[c]! }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, 5)
    .map(({ share, label }) => `${label}  ${share.toFixed(1)}%`)

  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : request.url!.slice(1)
    readFile(path.join(page, name)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const fakeCamera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
  browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    args: ['--no-sandbox', ...fakeCamera],
  })
  return async () => {
    await browser.close()
    server.close()
  }
})

const complaints: string[] = []
afterAll(() => expect(complaints).toEqual([]))

/** Opens the page in a browser that speaks a language; what it asks of other places is a complaint. */
async function opened(address: string, locale: string): Promise<Page> {
  const context = await browser.newContext({ locale })
  context.setDefaultTimeout(patience)
  const opening = await context.newPage()
  opening.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  opening.on('pageerror', (error) => complaints.push(error.message))
  opening.on('request', (request) => {
    if (!request.url().startsWith(new URL('.', address).href) && !request.url().startsWith('data:'))
      complaints.push(request.url())
  })
  await opening.goto(address)
  await expect.poll(() => opening.locator('#state').textContent()).toBe('')
  return opening
}

describe('an exported page', () => {
  it.each([
    ['from a folder', () => pathToFileURL(path.join(page, 'index.html')).href, 'en-GB', pageEn],
    ['from a static host', () => origin, 'ko-KR', pageKo],
  ])('%s answers photos as the model does, and the camera', async (_, address, locale, words) => {
    const its = await opened(address(), locale)
    expect(await its.title()).toBe(words.title)
    expect(await its.locator('h1').textContent()).toBe(words.title)
    expect(await its.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
    const answers = its.locator('figcaption')

    await its.getByLabel(words.files).setInputFiles([broken, photo])
    await expect.poll(() => answers.count()).toBe(1)
    expect((await answers.first().textContent())!.split('\n')).toEqual(['photo.png', ...expected])
    await expect
      .poll(() => its.locator('#state').textContent())
      .toBe(words.noPhoto.replace('{name}', 'broken.png'))

    await its.getByRole('button', { name: words.camera }).click()
    await expect.poll(() => answers.count()).toBe(2)
    await its.context().close()
  })
})
