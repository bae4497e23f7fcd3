/**
 * Windows that are narrow, or magnified to 200%: nothing is out of reach, and nothing lies over what could be pressed. And who goes by
 * keys arrives where the page does.
 */
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openApp, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

/** Runs in the page: controls and headings that cannot be brought into its window, or are covered where they would be pressed. */
const lookForUnreachable = `(() => {
  const faults = []
  const controls = 'a[href], button, input, select, textarea, [tabindex="0"], .radio, main :is(h1, h2, h3)'
  const wide = document.documentElement.scrollWidth
  if (wide > innerWidth) faults.push('the page is ' + wide + ' wide')
  for (const { parentElement: frame } of document.querySelectorAll('.step-page'))
    if (frame.scrollWidth > frame.clientWidth) faults.push('the step is ' + frame.scrollWidth + ' wide')
  for (const control of document.querySelectorAll(controls)) {
    const isShown = control.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    if (!isShown || control.closest('[inert], .skip') || control.matches(':disabled')) continue
    control.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
    const { left, top, width, height } = control.getBoundingClientRect()
    // What only a screen reader meets, as the file field behind a button, has no size.
    if (width < 2 || height < 2) continue
    const [x, y] = [left + width / 2, top + height / 2]
    const name = control.tagName + ' ' + (control.ariaLabel ?? control.innerText).slice(0, 40)
    const over = document.elementFromPoint(x, y)
    const label = over?.closest('label')
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) faults.push('outside: ' + name)
    else if (!over || !(control.contains(over) || label?.contains(control) || over.contains(control)))
      faults.push('under ' + over?.className + ': ' + name)
  }
  return faults
})()`
const unreachable = (page: Page): Promise<string[]> => page.evaluate(lookForUnreachable)

/** Buttons and links of the frame of which only the sign is shown, and that tell a screen reader nothing. */
const lookForNameless = `[...document.querySelectorAll('#room-bar a, #room-bar button')]
  .filter((it) => !it.innerText.trim() && !it.ariaLabel)
  .map((it) => it.outerHTML.slice(0, 80))`

const sizes = [
  { what: '200% of 1440 × 900', width: 720, height: 450 },
  { what: '360 px', width: 360, height: 740 },
]

test.each(sizes)('At $what every control of every room can be reached', async ({ width, height }) => {
  const { page, go, client, home } = await openApp()
  const folder = await someBeesAndAnts(path.join(home, 'photos'), 12)
  const { id } = await client.call('datasets.add', { folder })
  await page.setViewportSize({ width, height })
  const steps = ['photos', 'preparation', 'network', 'layers', 'settings', 'review']
  const rooms = [
    ...['start', `photos/${id}`, `photos/${id}/findings`, `photos/${id}/folders`],
    ...steps.map((step) => `train/${step}`),
    ...['runs', 'classify', 'models', 'settings'],
  ]
  for (const room of rooms) {
    await go(room)
    await page.locator('.room').first().waitFor()
    // Lists and pictures come in after the room: what is looked at has come to rest.
    await expect.poll(() => unreachable(page), { message: room }).toEqual([])
    expect(await page.evaluate(lookForNameless), room).toEqual([])
  }
})

/** Runs in the page: three messages are told, as many as there are at once, and long ones. */
const tellThree = `(() => {
  const { $pinia } = document.querySelector('#app').__vue_app__.config.globalProperties
  const messages = $pinia._s.get('messages')
  messages.failed(new Error('this'))
  for (const name of ['a', 'b'])
    messages.told(() => 'Photos of “' + name.repeat(60) + '” were taken back.', () => undefined)
})()`

test.each([...sizes, { what: '1440 px', width: 1440, height: 900 }])(
  'At $what no message lies over the buttons of a dialog',
  async ({ width, height }) => {
    const { page, go } = await openApp()
    await page.setViewportSize({ width, height })
    await go('settings')
    await page.locator('.room .card').first().waitFor()
    await page.evaluate(tellThree)
    await expect.poll(() => page.locator('.toast').count()).toBe(3)
    await page.evaluate(`(() => {
      const { $pinia } = document.querySelector('#app').__vue_app__.config.globalProperties
      void $pinia._s.get('dialogs').pick('folder')
    })()`)
    await page.locator('.dialog-foot').waitFor()
    // By their places: what lies over a dialog takes no clicks, and is not found by a point.
    const covered = () =>
      page.evaluate<string[]>(`(() => {
        const toasts = [...document.querySelectorAll('.toast')].map((it) => it.getBoundingClientRect())
        const parts = [...document.querySelectorAll('.dialog-foot button, .dialog-head h2')]
        return parts.filter((part) => {
          const { left, right, top, bottom } = part.getBoundingClientRect()
          return toasts.some((it) => it.left < right && it.right > left && it.top < bottom && it.bottom > top)
        }).map((it) => it.innerText)
      })()`)
    await expect.poll(covered).toEqual([])
  },
)

test('At 360 px the tab that is open can be seen, also the last one', async () => {
  const { page, go, client, home } = await openApp()
  const folder = await someBeesAndAnts(path.join(home, 'photos'), 12)
  const { id } = await client.call('datasets.add', { folder })
  await client.call('settings.set', { language: 'ko' })
  await page.setViewportSize({ width: 360, height: 740 })
  for (const tab of ['map', 'label']) {
    await go(`photos/${id}?tab=${tab}`)
    const open = page.locator('[role="tab"][aria-selected="true"]')
    await expect.poll(() => open.getAttribute('href')).toContain(tab)
    const isWhole = () =>
      page.evaluate<boolean>(`(() => {
        const open = document.querySelector('[role="tab"][aria-selected="true"]')
        const [its, row] = [open, open.parentElement].map((it) => it.getBoundingClientRect())
        return its.left >= row.left - 1 && its.right <= row.right + 1
      })()`)
    await expect.poll(isWhole).toBe(true)
  }
})

test('Focus follows every change of view', async () => {
  const { page, go, client, home } = await openApp()
  const folder = await someBeesAndAnts(path.join(home, 'photos'), 12)
  await client.call('datasets.add', { folder })
  await go('models')
  const focused = () => page.evaluate<boolean>(`document.activeElement.closest('#main') !== null`)
  await expect.poll(focused).toBe(true)
  await page.getByRole('link', { name: 'Train', exact: true }).press('Enter')
  await page.waitForURL(/train/)
  await expect.poll(focused).toBe(true)
  // With photos chosen it opens at the layers.
  await page.locator('.stepper').getByRole('link', { name: 'Photos' }).press('Enter')
  const reading = () => page.evaluate<string>(`document.activeElement.getAttribute('aria-label') ?? ''`)
  const current = (step: string) => page.locator('.step[aria-current="step"]', { hasText: step })
  await current('Photos').waitFor()
  await expect.poll(focused).toBe(true)
  for (const step of ['Preparation', 'Network', 'Layers', 'Settings', 'Review']) {
    await page.locator('footer .button-primary').click()
    // The step before may still be there when the address has changed.
    await current(step).waitFor()
    await expect.poll(reading, { message: step }).toMatch(`${step}, step `)
  }
})

test('The photo’s size in the picture of a network stands clear of its boxes, however narrow the window', async () => {
  const { page, go, client, home } = await openApp()
  const folder = await someBeesAndAnts(path.join(home, 'photos'), 3)
  await client.call('datasets.add', { folder })
  await go('train/layers')
  for (const width of [360, 800, 1440]) {
    await page.setViewportSize({ width, height: 740 })
    await page.locator('.photo-size').waitFor()
    const overlaps = `(() => {
      const text = document.querySelector('.photo-size').getBoundingClientRect()
      return [...document.querySelectorAll('.net-layer .block')].filter((block) => {
        const box = block.getBoundingClientRect()
        return box.left < text.right && box.right > text.left && box.top < text.bottom - 2 && box.bottom > text.top + 2
      }).length
    })()`
    await expect.poll(() => page.evaluate(overlaps), { message: `${width} px` }).toBe(0)
  }
})

test('At 360 px the tree of layers shows a dozen rows at once', async () => {
  const { page, go, client, home } = await openApp()
  const folder = await someBeesAndAnts(path.join(home, 'photos'), 3)
  await client.call('datasets.add', { folder })
  await page.setViewportSize({ width: 360, height: 740 })
  await go('train/layers')
  await page.getByRole('treeitem').first().waitFor()
  const seen = `(() => {
    const tree = document.querySelector('[role="tree"]')
    tree.scrollIntoView({ block: 'start', behavior: 'instant' })
    const frame = tree.getBoundingClientRect()
    const [from, to] = [Math.max(frame.top, 0), Math.min(frame.bottom, innerHeight)]
    return [...tree.querySelectorAll('[role="treeitem"]')].filter((row) => {
      const { top, bottom } = row.getBoundingClientRect()
      return top >= from - 1 && bottom <= to + 1
    }).length
  })()`
  await expect.poll(() => page.evaluate<number>(seen)).toBeGreaterThanOrEqual(12)
})

test('At 360 px photos stay where they are when one is chosen, so that a double click opens it', async () => {
  const { page, go, client, home } = await openApp()
  const folder = await someBeesAndAnts(path.join(home, 'photos'), 12)
  const { id } = await client.call('datasets.add', { folder })
  await page.setViewportSize({ width: 360, height: 740 })
  await go(`photos/${id}`)
  const tile = page.locator('[data-place="1"]')
  await tile.locator('img').waitFor()
  const before = await tile.boundingBox()
  await tile.click()
  await page.locator('.inspector').waitFor()
  expect(await tile.boundingBox()).toEqual(before)
  // What can be done with it is in the window, whole.
  const bar = (await page.locator('.selection').boundingBox())!
  expect(bar.y + bar.height).toBeLessThanOrEqual(740)
  expect([bar.x >= 0, bar.x + bar.width <= 360]).toEqual([true, true])
  await tile.dblclick()
  await page.locator('.large').waitFor()
})

test('At 360 px the tray’s settings lie beneath the photo, all of them', async () => {
  const { page, go, client, home } = await openApp()
  const folder = await someBeesAndAnts(path.join(home, 'photos'), 2)
  const { classification } = await client.call('classify.begin', { paths: [folder], mirrored: false })
  const done = async () => (await client.call('classify.get', { classification })).finished
  await expect.poll(done, { timeout: 60_000 }).toBe(true)
  await page.setViewportSize({ width: 360, height: 740 })
  await go(`classify/${classification}/tray`)
  await page.getByRole('button', { name: 'New group' }).click()
  await page.locator('.group input').first().waitFor()
  const tall = await page.evaluate<number>(`document.querySelector('.tray > .inspector').clientHeight`)
  expect(tall).toBeGreaterThan(300)
})
