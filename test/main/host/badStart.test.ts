/** What a person is told where Thaw cannot start as it should. */
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { dataPaths } from '../../../src/main/engine/store/paths.ts'
import { aRecord, planEvent } from '../../support/engine/records.ts'
import { put } from '../../support/folder.ts'
import type { TestHost } from '../../support/engine/host.ts'
import { aHost, photosIn, testFolder } from '../../support/engine/host.ts'

const patience = { timeout: 20_000 }

async function aHome(): Promise<string> {
  return path.join(await testFolder(), 'home')
}

const catalogueOf = (home: string) => dataPaths({ home, cache: home }).catalogue

async function givesUpOnLibrary({ host, client }: TestHost, code: string): Promise<void> {
  const library = () => host.states().find(({ part }) => part === 'library')
  await expect.poll(library, patience).toMatchObject({ state: 'failed', why: { code } })
  await expect(client.call('settings.get', {})).rejects.toMatchObject({ code })
  // The rest of the app is there, and tells.
  expect(await client.call('app.info', {})).toMatchObject({ mode: 'serve' })
  expect(await client.call('train.state', {})).toMatchObject({ work: null })
}

test('A catalogue of a newer Thaw is named, and not touched', async () => {
  const home = await aHome()
  const first = await aHost(home)
  await first.client.call('settings.get', {})
  await first.host.close()
  const newer = new DatabaseSync(catalogueOf(home))
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  await givesUpOnLibrary(await aHost(home), 'catalogue.newer')
})

test('A broken catalogue is made anew; datasets and runs are listed again, their folders as they were', async () => {
  const home = await aHome()
  const first = await aHost(home)
  const { id } = await first.client.call('datasets.add', {
    folder: await photosIn(path.join(home, 'photos'), ['ants', 'bees']),
  })
  const run = path.join(home, 'runs', 'r1')
  await put(path.join(run, 'run.json'), JSON.stringify(aRecord({ id: 'r1' })))
  await put(path.join(run, 'events.jsonl'), `${JSON.stringify(planEvent)}\n`)
  const runs = await first.client.call('runs.list', {})
  const files = await readdir(run)
  await first.host.close()
  await writeFile(catalogueOf(home), 'rubbish'.repeat(3000))
  const { client } = await aHost(home)
  expect((await client.call('datasets.list', {})).datasets).toMatchObject([{ id, train: [2, 2] }])
  expect(await client.call('runs.list', {})).toEqual(runs)
  expect(await readdir(run)).toEqual(files)
  const { lines } = await client.call('log.tail', {})
  expect(lines.map(({ message }) => message).join()).toContain('made anew')
})

test('A data folder that cannot be is named', async () => {
  const file = await put(path.join(await testFolder(), 'file'), 'no folder')
  await givesUpOnLibrary(await aHost(path.join(file, 'home')), 'output.unwritable')
})

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'A data folder that may only be read is named',
  async () => {
    const home = await aHome()
    await mkdir(home)
    await chmod(home, 0o555)
    await givesUpOnLibrary(await aHost(home), 'output.unwritable')
    await chmod(home, 0o755)
  },
)

test('Two that add datasets to one data folder at the same time lose none, and the catalogue stays sound', async () => {
  const home = await aHome()
  const hosts = [await aHost(home), await aHost(home)]
  await Promise.all(
    hosts.flatMap(({ client }, i) =>
      Array.from({ length: 8 }, async (_, k) => {
        const folder = await photosIn(path.join(home, 'photos', `${i}-${k}`), ['ants', 'bees'], 1)
        await client.call('datasets.add', { folder })
      }),
    ),
  )
  for (const { client } of hosts) expect((await client.call('datasets.list', {})).datasets).toHaveLength(16)
  for (const { host } of hosts) await host.close()
  const database = new DatabaseSync(catalogueOf(home))
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  database.close()
})

test('What a second Thaw scans anew is seen by the first', async () => {
  const home = await aHome()
  const [one, two] = [await aHost(home), await aHost(home)]
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { id } = await one.client.call('datasets.add', { folder })
  expect((await one.client.call('datasets.photos', { dataset: id })).total).toBe(6)
  await photosIn(folder, ['wasps'])
  await two.client.call('datasets.rescan', { dataset: id })
  expect((await one.client.call('datasets.photos', { dataset: id })).total).toBe(9)
})
