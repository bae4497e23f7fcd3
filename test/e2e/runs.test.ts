/** A run that is stopped, one that fails, and a window that is closed meanwhile: through the window, on the real engine. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rename } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { checkoutRoot } from '../../src/main/host/engineFiles.ts'
import { RunConfig } from '../../src/shared/config.ts'
import type { OpenApp } from '../support/window.ts'
import { openApp, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

/** So many that a run is still going on when a person has read this. */
const many = 500

async function aRun({ client, go, home }: OpenApp) {
  const photos = await someBeesAndAnts(path.join(home, 'photos'), 10)
  const { id } = await client.call('datasets.add', { folder: photos })
  const config = RunConfig.parse({ epochs: many, batch: 8 })
  const { run } = await client.call('train.start', { dataset: id, config, name: 'a run' })
  await go(`runs/${run}/live`)
  return { run, photos }
}
const state = (page: Page, word: string) => page.locator('[data-test="state"]', { hasText: word }).waitFor()
const epoch = (page: Page, number: number) =>
  page.getByText(new RegExp(`Epoch ${number}: \\d+ of 20`)).waitFor()

test('A run is paused, stopped and resumed; closing the page asks, and reopening finds it going on', async () => {
  const app = await openApp()
  const { page, client } = app
  const { run } = await aRun(app)
  await epoch(page, 1)

  await page.getByRole('button', { name: 'Pause' }).click()
  await state(page, 'Paused')
  await page.getByRole('button', { name: 'Go on' }).click()
  await state(page, 'Training')

  // A browser asks only where the person has done something on the page, as here.
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.accept()
  const again = await page.context().newPage()
  await again.goto(`${app.origin}/#/runs`)
  await again.getByRole('link', { name: 'a run' }).click()
  await state(again, 'Training')
  // The pause stands in the run's own journal, and not in the page that asked for it.
  for (const told of [/^Paused in epoch \d+, after batch/, /^Went on in epoch \d+ after a pause/])
    await again.getByRole('list', { name: 'Log' }).getByText(told).waitFor()

  await again.getByRole('button', { name: 'Stop…' }).click()
  await again.getByRole('button', { name: 'Stop training' }).click()
  await again.getByText(/This run was stopped (in|after) epoch/).waitFor()
  const stopped = (await client.call('runs.list', {})).runs[0]!
  expect(stopped.state).toBe('stopped')

  await again.getByRole('button', { name: 'Resume' }).click()
  await state(again, 'Training')
  await epoch(again, stopped.epoch + 1)
  expect(await again.getByText(/Resumed at epoch/).count()).toBe(1)
  await client.call('train.stop', { run })
})

test('A run whose photos vanish says which and what to do, and goes on once they are back', async () => {
  const app = await openApp()
  const { page, client } = app
  const { run, photos } = await aRun(app)
  await epoch(page, 1)
  await rename(photos, `${photos} elsewhere`)
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(/is not there any more.*Put it back/)
  await state(page, 'Failed')

  await rename(`${photos} elsewhere`, photos)
  await page.getByRole('button', { name: 'Resume' }).click()
  await state(page, 'Training')
  await page.getByText(/Resumed at epoch/).waitFor()
  await client.call('train.stop', { run })
})

test('A run that the command line trains is followed epoch by epoch, to its end', async () => {
  const { page, client, go, home } = await openApp()
  const photos = await someBeesAndAnts(path.join(home, 'photos'), 10)
  const cli = path.join(checkoutRoot(), 'src', 'main', 'cli.ts')
  const told = ['train', photos, '--batch', '8', '--epochs', String(many), '--name', 'from a terminal']
  const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
  const training = spawn(process.execPath, [cli, ...told], { env, stdio: 'ignore' })
  const ended = once(training, 'exit')
  onTestFinished(async () => {
    training.kill('SIGTERM')
    await ended
  })
  const theRun = async () =>
    (await client.call('runs.list', {})).runs.find(({ name }) => name === 'from a terminal')
  await expect.poll(async () => (await theRun())?.state).toBe('running')
  await go(`runs/${(await theRun())!.id}/live`)
  await state(page, 'Training')
  await epoch(page, 2)
  const { epoch: now } = (await theRun())!
  await epoch(page, now + 5)
  training.kill('SIGTERM')
  await page.getByText(/This run was stopped (in|after) epoch/).waitFor()
})
