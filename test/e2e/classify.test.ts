/** What a network is for: a folder in, the tray worked through by keyboard, filed, undone; a folder that is watched; a restart. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { RunConfig } from '../../src/shared/config.ts'
import { ReviewSettings } from '../../src/shared/api/classify.ts'
import type { OpenApp } from '../support/window.ts'
import { drop, openApp, pickPath, seriousFaults, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

/** A folder of a person's: photos are not filed into Thaw's own. */
const beside = (home: string, name: string): string => path.join(path.dirname(home), name)

/** A run that tells ants from bees. */
async function aRun({ client }: OpenApp, folder: string): Promise<string> {
  const { id: dataset } = await client.call('datasets.add', { folder })
  const { job } = await client.call('jobs.start', { kind: 'train', dataset, config: RunConfig.parse({}) })
  await expect.poll(async () => (await client.call('jobs.get', { job })).state).toBe('done')
  return ((await client.call('jobs.get', { job })).result as { run: string }).run
}

/** Every file below a folder, by its path, with its bytes. */
async function tree(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((it) => it.isFile())
  const all = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name)
      return [path.relative(folder, file), (await readFile(file)).toString('base64')] as const
    }),
  )
  return Object.fromEntries(all.toSorted())
}

test('A folder is classified, its tray worked through by keyboard alone, filed after the list was seen, and undone', async () => {
  const app = await openApp()
  const { page, client, home, complaints, go } = app
  const photos = await someBeesAndAnts(beside(home, 'bees and ants'), 8)
  await aRun(app, photos)
  const mixed = beside(home, 'mixed')
  await mkdir(mixed)
  for (const name of ['ants', 'bees'])
    for (const file of (await readdir(path.join(photos, 'val', name))).slice(0, 3))
      await cp(path.join(photos, 'val', name, file), path.join(mixed, `${name}-${file}`))
  const before = await tree(mixed)

  await go('classify')
  // The first room has a button of this name too.
  await page.getByText('Drop photos or a folder here').waitFor()
  await page.getByRole('button', { name: 'Choose a folder' }).click()
  await pickPath(page, mixed, /Choose this folder/)
  await page.getByText('6 photos classified').waitFor()
  expect(await page.locator('.result').count()).toBe(6)
  // The grid is one stop of Tab, and keys lead from photo to photo.
  const focused = page.locator('[data-place]:has(:focus)')
  const place = async () => ((await focused.count()) === 1 ? focused.getAttribute('data-place') : null)
  expect(await page.locator('.result button[tabindex="0"]').count()).toBe(1)
  await page.locator('[data-place="0"] button').focus()
  for (const [key, wanted] of [
    ['End', '5'],
    ['ArrowRight', '5'],
    ['ArrowLeft', '4'],
    ['Home', '0'],
    ['PageDown', '5'],
  ] as const) {
    await page.keyboard.press(key)
    await expect.poll(place).toBe(wanted)
  }
  expect(await page.locator('.result button[tabindex="0"]').count()).toBe(1)
  expect(await seriousFaults(page)).toEqual([])
  const classification = new URL(page.url()).hash.split('/').at(-1)!
  // So much is promised from so few photos that a person has to look at each.
  const settings = ReviewSettings.parse({ promise: 0.995, keep: null })
  await client.call('classify.review', { classification, settings })

  await go(`classify/${classification}/tray`)
  await page.getByRole('heading', { name: '6 photos left' }).waitFor()
  expect(await seriousFaults(page)).toEqual([])
  for (const left of [5, 4, 3]) {
    await page.keyboard.press('1')
    await page.getByRole('heading', { name: `${left} photos left` }).waitFor()
  }
  await page.keyboard.type('be')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '2 photos left' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('x')
  await page.getByRole('heading', { name: '1 photo left' }).waitFor()
  await page.keyboard.press('2')
  await page.getByRole('heading', { name: 'All 6 answered' }).waitFor()

  await page.getByRole('link', { name: 'File…' }).first().click()
  const target = beside(home, 'sorted')
  await page.getByRole('radio', { name: 'Move' }).click()
  await page.getByLabel('Into').fill(target)
  await page.keyboard.press('Tab')
  await page.getByText('5 photos move, 0 stay.').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await expect(readdir(target)).rejects.toMatchObject({ code: 'ENOENT' })
  await page.keyboard.press('Control+Enter')
  await page.getByRole('status').getByText('5 photos filed').waitFor()
  const moved = await tree(target)
  expect(Object.values(moved).toSorted()).toEqual(
    Object.values(before)
      .filter((bytes) => Object.values(moved).includes(bytes))
      .toSorted(),
  )
  expect(Object.keys(moved)).toHaveLength(5)
  expect(await readdir(mixed)).toHaveLength(1)
  await page.getByRole('button', { name: /^Undo 5/ }).click()
  await page.getByRole('status').getByText('5 acts taken back').waitFor()
  expect(await tree(mixed)).toEqual(before)
  await expect(readdir(target)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(complaints).toEqual([])
})

test('Photos dropped where no room takes them are classified; a taken name is decided in the list, and all opens again later', async () => {
  const app = await openApp()
  const { page, home, complaints, go } = app
  const photos = await someBeesAndAnts(beside(home, 'few'), 2)
  const from = path.join(photos, 'val', 'ants')
  const names = (await readdir(from)).toSorted()
  const files = await Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(path.join(from, name)) })),
  )
  await go('runs')
  await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor()
  await drop(page, files)
  await page.getByText('2 photos classified').waitFor()
  await page.locator('.result button').first().click()
  await page.getByText('1 of 2').waitFor()
  await page
    .getByRole('button', { name: 'Grad-CAM' })
    .or(page.getByRole('radio', { name: 'Grad-CAM' }))
    .click()
  await page.locator('canvas').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Next photo' }).click()
  await page.getByText('2 of 2').waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.getByText('1 of 2').waitFor()
  await page.keyboard.press('Escape')
  const classification = new URL(page.url()).hash.split('/').at(-1)!
  // Whoever answers, nothing is left to a person here.
  const settings = ReviewSettings.parse({ unsureBelow: 0, keep: null })
  await app.client.call('classify.review', { classification, settings })

  const target = beside(home, 'sorted')
  await mkdir(target)
  await writeFile(path.join(target, names[0]!), 'was here first')
  await go(`classify/${classification}/file`)
  await page.getByLabel('Into').fill(target)
  await page.getByLabel('Path in it').fill('{name}')
  await page.keyboard.press('Tab')
  await page.getByText('Name taken 1').waitFor()
  await page.getByLabel(`What becomes of ${names[0]}`).selectOption('replace')
  await page.getByText('1 file gives up its name and is set aside.').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  expect(await readFile(path.join(target, names[0]!), 'utf8')).toBe('was here first')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('status').getByText('2 photos filed').waitFor()
  expect(await readFile(path.join(target, names[0]!))).toEqual(files[0]!.bytes)

  await page.reload()
  await page.getByRole('button', { name: /^Show 2 photos of/ }).click()
  await page.getByRole('button', { name: `Undo ${names[0]}` }).click()
  await page.getByRole('status').getByText('1 act taken back').waitFor()
  expect(await readFile(path.join(target, names[0]!), 'utf8')).toBe('was here first')
  expect((await readdir(target)).toSorted()).toEqual(names)
  expect(complaints).toEqual([])
})

test('A watched folder has what arrives classified, until it is watched no more', async () => {
  const app = await openApp()
  const { page, client, home, go } = app
  const photos = await someBeesAndAnts(beside(home, 'few'), 2)
  const inbox = beside(home, 'inbox')
  await mkdir(inbox)
  await go('classify')
  await page.getByRole('button', { name: 'Watch a folder' }).click()
  await pickPath(page, inbox, /Choose this folder/)
  await page.getByText('The folder is watched').waitFor()
  const [first, second] = await readdir(path.join(photos, 'val', 'bees'))
  await cp(path.join(photos, 'val', 'bees', first!), path.join(inbox, 'first.jpg'))
  await page.locator('.result', { hasText: 'first.jpg' }).waitFor()
  await cp(path.join(photos, 'val', 'bees', second!), path.join(inbox, 'second.jpg'))
  await page.locator('.result', { hasText: 'second.jpg' }).waitFor()
  // What is filed inside of the folder is not new there; what another program puts there is.
  const classification = new URL(page.url()).hash.split('/').at(-1)!
  const settings = ReviewSettings.parse({ unsureBelow: 0, promise: 0.5, keep: null })
  await client.call('classify.review', { classification, settings })
  const plan = await client.call('filing.plan', { classification, target: path.join(inbox, 'sorted') })
  expect(plan).toMatchObject({ acts: 2, inside: inbox })
  const { job } = await client.call('filing.file', { filing: plan.id })
  await expect.poll(async () => (await client.call('jobs.get', { job })).state).toBe('done')
  await cp(path.join(inbox, 'first.jpg'), path.join(inbox, 'sorted', 'third.jpg'))
  await page.locator('.result', { hasText: 'third.jpg' }).waitFor()
  expect(await page.locator('.result').count()).toBe(3)
  await page.getByRole('button', { name: 'Stop watching' }).click()
  await page.getByText('The folder is watched').waitFor({ state: 'detached' })
})

test('What a person answered in the tray becomes photos of the dataset, and the last layer learns from them', async () => {
  const app = await openApp()
  const { page, client, home, complaints, go } = app
  const photos = await someBeesAndAnts(beside(home, 'bees and ants'), 8)
  const run = await aRun(app, photos)
  const mixed = beside(home, 'mixed')
  await mkdir(mixed)
  const from = path.join(photos, 'val', 'ants')
  for (const file of (await readdir(from)).slice(0, 3))
    await cp(path.join(from, file), path.join(mixed, `new ${file}`))
  const { job, classification } = await client.call('classify.begin', { paths: [mixed], model: { run } })
  await expect.poll(async () => (await client.call('jobs.get', { job })).state).toBe('done')
  const settings = ReviewSettings.parse({ promise: 0.995, keep: null })
  await client.call('classify.review', { classification, settings })

  await go(`classify/${classification}/tray`)
  await page.getByRole('heading', { name: '3 photos left' }).waitFor()
  for (const left of ['2 photos', '1 photo']) {
    await page.keyboard.press('1')
    await page.getByRole('heading', { name: `${left} left` }).waitFor()
  }
  await page.getByRole('button', { name: 'Add 2' }).click()
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('button', { name: 'Let the last layer learn from them' }).click()
  await page.getByRole('link', { name: 'Open the run' }).waitFor()
  const trained = Object.keys(await tree(path.join(photos, 'train')))
  expect(trained.filter((file) => path.basename(file).startsWith('new '))).toHaveLength(2)
  const { runs } = await client.call('runs.list', {})
  expect(runs).toHaveLength(2)
  const learnt = runs.find(({ id }) => id !== run)!
  const [photo] = (
    await client.call('classify', {
      photos: [path.join(mixed, (await readdir(mixed))[0]!)],
      model: { run: learnt.id },
    })
  ).photos
  expect(photo!.top.map((it) => it.class).toSorted()).toEqual(['ants', 'bees'])
  expect(complaints).toEqual([])
})

test('A restart in the middle of a folder loses no answer and answers none twice', async () => {
  const first = await openApp()
  const photos = await someBeesAndAnts(beside(first.home, 'many'), 40)
  const model = { backbone: 'efficientnet-lite0' }
  const { job, classification } = await first.client.call('classify.begin', { paths: [photos], model })
  const done = async (app: OpenApp) => (await app.client.call('jobs.get', { job })).progress?.done ?? 0
  await expect.poll(() => done(first)).toBeGreaterThan(8)
  await first.serving.close()

  const second = await openApp({
    env: { ...process.env, THAW_HOME: first.home, THAW_CACHE: path.join(first.home, 'cache') },
  })
  await expect.poll(async () => (await second.client.call('jobs.get', { job })).state).toBe('done')
  const { answers } = await second.client.call('classify.answers', { classification, limit: 2000 })
  expect(answers.map(({ index }) => index)).toEqual(Array.from({ length: 160 }, (_, i) => i))
  await second.go('classify')
  await second.page.locator('.kept').getByText('many').click()
  await second.page.getByText('160 photos classified').waitFor()
})
