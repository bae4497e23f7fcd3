import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { ensureBuilt } from '../scripts/build/build.ts'
import { rendererFolder } from '../scripts/build/targets.ts'
import { ensureBrowser } from '../scripts/setup/browser.ts'
import { checkoutRoot, engineOfCheckout } from '../src/main/host/engineFiles.ts'
import { startServe } from '../src/main/serve.ts'
import { enterServing } from '../scripts/serving.ts'
const [photos = '', home = '', secs = '6'] = process.argv.slice(2)
await ensureBuilt({ desktop: false })
const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
const serving = await startServe({ port: 0, env, renderer: rendererFolder, engine: engineOfCheckout(checkoutRoot()) })
const { origin, connect } = await enterServing(serving)
const { client, close } = await connect()
const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
const { datasets } = await client.call('datasets.list', {})
const dataset = datasets.find(({ folder }) => folder === path.resolve(photos))!.id
await page.goto(serving.freshAddress())
await page.waitForURL(/#\/(start|photos)/)
await page.goto(`${origin}/#/photos/${dataset}`)
await page.locator('[data-place="0"] img').first().waitFor()
await pause(2000)
const box = (await page.locator('[role="listbox"]').first().boundingBox())!
const session = await page.context().newCDPSession(page)
await page.evaluate(`(() => {
  performance.setResourceTimingBufferSize(100000)
  const f = document.querySelector('[role="listbox"]')
  window.P = { last: 0, frames: [] }
  f.addEventListener('scroll', () => { P.last = performance.now(); P.log = [] }, { passive: true })
  const look = (now) => {
    const tiles = [...document.querySelectorAll('[data-place]')].filter((t) => { const { top, bottom } = t.getBoundingClientRect(); return bottom > 0 && top < innerHeight })
    const imgs = tiles.map((t) => t.querySelector('img')).filter(Boolean)
    const flying = [...document.querySelectorAll('.flying')].filter((t) => { const { top, bottom } = t.getBoundingClientRect(); return bottom > 0 && top < innerHeight }).length
    const ok = imgs.filter((i) => i.complete && i.naturalWidth > 0).length
    P.log?.push([Math.round(now - P.last), tiles.length, imgs.length, ok, flying])
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})()`)
for (const way of [-1, -1, 1]) {
  await page.evaluate('performance.clearResourceTimings()')
  await session.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2, y: box.y + box.height / 2, yDistance: way * 6000 * Number(secs), speed: 6000, gestureSourceType: 'mouse',
  })
  const at = await page.evaluate<number>('performance.now()-P.last')
  await pause(1500)
  const { log, res, n } = await page.evaluate<{ log: number[][]; res: number[][]; n: number }>(`({ log: P.log, n: performance.getEntriesByType('resource').length, res: performance.getEntriesByType('resource').filter((r) => r.responseEnd > P.last - 100).map((r) => [r.startTime, r.requestStart, r.responseStart, r.responseEnd].map((x) => Math.round(x - P.last)).concat([r.transferSize])) })`)
  console.log('gesture resolved after last scroll', Math.round(at), 'requests', n)
  let prev = ''
  for (const l of log) { const k = l.slice(1).join(); if (k !== prev) console.log('  t', l.join(' ')); prev = k }
  console.log('  res', res.length, res.map((r) => r.join('/')).join('  '))
}
await browser.close(); close(); await serving.close(); process.exit()
