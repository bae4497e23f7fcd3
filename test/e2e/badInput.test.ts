/** What people do by mistake: the message stands where they look, and nothing is lost. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { drop, openApp, pickPath, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'thaw-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('A folder that is gone at the next start is told of, and found again at its new place', async () => {
  const folder = await aFolder()
  const home = path.join(folder, 'home')
  const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
  const photos = await someBeesAndAnts(path.join(folder, '벌과 개미'), 3)
  const first = await openApp({ env })
  const { id } = await first.client.call('datasets.add', { folder: photos })
  await first.page.context().close()
  await first.serving.close()
  const moved = path.join(folder, 'moved "here"')
  await rename(photos, moved)

  const { page, go } = await openApp({ env })
  await go(`photos/${id}`)
  const notice = page.locator('.notice', { hasText: 'The folder is not there now' })
  await notice.waitFor()
  expect(await notice.textContent()).toContain('벌과 개미')
  // The wizard says the same where photos are chosen, and does not go on.
  await go('train/photos')
  await page.getByRole('radio', { name: /벌과 개미/ }).click()
  await notice.waitFor()
  expect(await page.locator('footer .button-primary').isDisabled()).toBe(true)

  await notice.getByRole('button', { name: 'Choose its new place…' }).click()
  await pickPath(page, moved, /Choose this folder/)
  await notice.waitFor({ state: 'detached' })
  expect(await page.locator('footer .button-primary').isEnabled()).toBe(true)
  await go('photos')
  await page.locator('.photo img').first().waitFor()
  expect(await page.locator('.photo').count()).toBe(12)
})

test('A folder without photos, and one with a single class, are told of with what to do', async () => {
  const { page, go } = await openApp()
  const folder = await aFolder()
  await mkdir(path.join(folder, 'empty'))
  const photos = await someBeesAndAnts(path.join(folder, 'one'), 2)
  for (const split of ['train', 'val']) await rm(path.join(photos, split, 'ants'), { recursive: true })

  await go('start')
  await page.getByRole('button', { name: 'Choose a folder' }).click()
  await pickPath(page, path.join(folder, 'empty'), /Choose this folder/)
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toContain('.jpg')

  await go('start')
  await page.getByRole('button', { name: 'Choose a folder' }).click()
  await pickPath(page, photos, /Choose this folder/)
  await alert.filter({ hasText: 'bees' }).waitFor()
})

test('Rubbish with the name of weights is refused where it was added, and tells why when it is looked into', async () => {
  const { page, go, complaints } = await openApp()
  const file = path.join(await aFolder(), '가중치.pth')
  await writeFile(file, Buffer.alloc(100_000, 'rubbish'))
  await go('models')
  await page.getByRole('button', { name: 'Add a weight file…' }).click()
  await pickPath(page, file, /Choose 1 file/)
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toContain('가중치.pth')

  await page.getByRole('button', { name: 'Look into a file…' }).click()
  await pickPath(page, file, /Choose 1 file/)
  await page.getByRole('dialog').getByRole('alert').waitFor()
  expect(complaints).toEqual([])
})

test('Dropped photos are answered whatever their names, and one that cannot be read does not stop the others', async () => {
  const { page, home, go } = await openApp()
  const photos = await someBeesAndAnts(path.join(home, 'photos'), 1)
  const bee = await readFile(path.join(photos, 'train', 'bees', '1092977343_cb42b38d62.jpg'))
  const names = ['꿀벌 "한 마리".jpg', "벌 '둘' & <b>셋.jpg", '\u202egpj.txt.jpg']
  await go('classify')
  await page.getByText('Drop photos or a folder here').waitFor()
  await drop(page, [
    ...names.map((name) => ({ name, bytes: bee })),
    { name: 'broken.jpg', bytes: Buffer.from('no photo') },
  ])
  await page.getByText('4 photos classified in').first().waitFor()
  const results = page.locator('.result')
  expect(await results.locator('.name').allTextContents()).toEqual([...names, 'broken.jpg'])
  expect(await results.nth(0).locator('.answer-row').first().textContent()).toContain('bee')
  expect(await results.nth(3).textContent()).toContain('broken.jpg')
  expect(await page.getByText('1 could not be read').count()).toBe(1)
})
