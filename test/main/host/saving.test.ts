import { access, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Desktop } from '../../../src/main/host/saving.ts'
import { put } from '../../support/folder.ts'
import { aHost, photosIn, testFolder } from '../../support/engine/host.ts'

/** A host whose person chooses `places` in dialogs, one after the other, and then nothing. */
async function aDesktop(places: string[] = []) {
  const shown: string[] = []
  const desktop: Desktop = {
    pick: () => Promise.resolve(['/picked']),
    pickSave: () => Promise.resolve(places.shift()),
    show: (file) => void shown.push(file),
  }
  const host = await aHost(undefined, { desktop })
  const offer = async (text: string) => {
    await put(path.join(host.home, 'cache', 'exports', 'table', 'classified.csv'), text)
    return 'table'
  }
  return { ...host, shown, offer }
}

test('A file is saved where the person said in the last dialog, once, and then can be shown', async () => {
  const folder = await testFolder()
  const place = path.join(folder, 'mine.csv')
  const { client, offer, shown } = await aDesktop([place])
  const { grant } = await client.call('files.pickSave', { name: 'x.csv' })
  expect(grant).not.toContain(folder)
  const save = async (text: string) =>
    client.call('files.save', { grant: grant!, download: await offer(text) })
  await expect(client.call('files.reveal', { grant: grant! })).rejects.toMatchObject({ code: 'refused' })
  await save('a,b')
  expect(await readFile(place, 'utf8')).toBe('a,b')
  await expect(save('again')).rejects.toMatchObject({ code: 'refused' })
  expect(await readFile(place, 'utf8')).toBe('a,b')
  await client.call('files.reveal', { grant: grant! })
  expect(shown).toEqual([place])
})

test('Only the last dialog counts, and a page that makes grants up gets nothing', async () => {
  const folder = await testFolder()
  const { client, offer } = await aDesktop([path.join(folder, 'first'), path.join(folder, 'second')])
  const { grant: first } = await client.call('files.pickSave', { name: 'x' })
  const { grant: second } = await client.call('files.pickSave', { name: 'x' })
  const download = await offer('x')
  for (const grant of [first!, 'made-up', path.basename(folder)])
    await expect(client.call('files.save', { grant, download })).rejects.toMatchObject({ code: 'refused' })
  expect(await client.call('files.pickSave', { name: 'x' })).toEqual({ grant: null })
  const late = client.call('files.save', { grant: second!, download })
  await expect(late).rejects.toMatchObject({ code: 'refused' })
})

test('A failed save can be tried again, and what was at its place is still there', async () => {
  const place = path.join(await testFolder(), 'mine.csv')
  await writeFile(place, 'before')
  const { client, offer } = await aDesktop([place])
  const { grant } = await client.call('files.pickSave', { name: 'x.csv' })
  const missing = client.call('files.save', { grant: grant!, download: 'nothing' })
  await expect(missing).rejects.toMatchObject({ code: 'not-found' })
  expect(await readFile(place, 'utf8')).toBe('before')
  await client.call('files.save', { grant: grant!, download: await offer('after') })
  expect(await readFile(place, 'utf8')).toBe('after')
})

test('A dataset’s list goes to the place that was granted and replaces what the dialog asked about; its paths are told from there', async () => {
  const place = path.join(await testFolder(), 'mine.csv')
  await writeFile(place, 'before')
  const { client, home, shown } = await aDesktop([place])
  const { id } = await client.call('datasets.add', {
    folder: await photosIn(path.join(home, 'photos'), ['ants', 'bees']),
  })
  const made = client.call('files.saveList', { grant: 'made-up', dataset: id })
  await expect(made).rejects.toMatchObject({ code: 'refused' })
  const { grant } = await client.call('files.pickSave', { name: 'photos.csv' })
  const { photos } = await client.call('files.saveList', { grant: grant!, dataset: id })
  const [heads, first, ...rest] = (await readFile(place, 'utf8')).trim().split('\n')
  expect([heads, rest.length + 1]).toEqual(['path,class,split,crop', photos])
  await access(path.resolve(path.dirname(place), first!.split(',')[0]!))
  await client.call('files.reveal', { grant: grant! })
  expect(shown).toEqual([place])
})

test('What is shown in the file manager is named by id, never by a path', async () => {
  const { client, home, shown } = await aDesktop()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const { id } = await client.call('datasets.add', { folder })
  const { photos } = await client.call('datasets.photos', { dataset: id })
  await client.call('files.reveal', { dataset: id })
  await client.call('files.reveal', { picture: photos[0]!.id })
  const chosen = await client.call('selections.make', { paths: [folder] })
  await client.call('files.reveal', { picture: chosen.photos[1]!.picture })
  expect(shown).toEqual([folder, path.join(folder, photos[0]!.path), chosen.photos[1]!.path])
  const byPath = client.call('files.reveal', { path: '/etc/passwd' } as never)
  await expect(byPath).rejects.toMatchObject({ code: 'rpc.invalid' })
  for (const what of [{ run: 'none' }, { dataset: 'none' }, { picture: 's.none.0' }, { picture: 'v.x' }])
    await expect(client.call('files.reveal', what)).rejects.toThrow()
  expect(shown).toHaveLength(3)
})

test('Opening goes through the system’s dialog', async () => {
  const { client } = await aDesktop()
  expect(await client.call('files.pick', { kind: 'folder' })).toEqual({ paths: ['/picked'] })
})
