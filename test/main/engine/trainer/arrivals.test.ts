import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import { Arrivals } from '../../../../src/main/engine/trainer/arrivals.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const signal = new AbortController().signal

/** What has arrived after a second look, when nothing grows any more. */
async function arrived(arrivals: Arrivals): Promise<string[]> {
  await arrivals.look(signal)
  return arrivals.look(signal)
}

async function drain(acts: AsyncGenerator): Promise<void> {
  while (!(await acts.next()).done);
}

/** A watched folder with one photo, and that photo filed into a folder inside of it. */
async function filedInside(name: string, how: 'copy' | 'move') {
  const photo = folder.path(`${name}/in/a.jpg`)
  await put(photo, 'a photo')
  const filings = new Filings(folder.path(`${name}/filings`))
  const target = folder.path(`${name}/in/sorted`)
  const { id } = await filings.plan({
    ...{ photos: [{ file: photo, class: 'ants' }], how, target, pattern: '{class}/{name}', clash: 'number' },
    dayOf: () => Promise.resolve(''),
  })
  await drain(filings.file(id))
  return { photo, filings, id, watched: folder.path(`${name}/in`) }
}

it('what is put into a watched folder arrives once it has kept its size', async () => {
  const watched = folder.path('plain')
  await put(path.join(watched, 'old.jpg'), 'old')
  const filings = new Filings(folder.path('no filings'))
  const arrivals = new Arrivals([watched], [path.join(watched, 'old.jpg')], filings)
  const fresh = path.join(watched, 'deeper', 'new.jpg')
  await put(fresh, 'half')
  expect(await arrivals.look(signal)).toEqual([])
  await put(fresh, 'half and the rest')
  expect(await arrivals.look(signal)).toEqual([])
  expect(await arrivals.look(signal)).toEqual([fresh])
  expect(await arrivals.look(signal)).toEqual([])
})

it.each(['copy', 'move'] as const)(
  'a photo that was filed into the watched folder does not arrive there (%s)',
  async (how) => {
    const { photo, filings, watched } = await filedInside(how, how)
    expect(await arrived(new Arrivals([watched], [photo], filings))).toEqual([])
    const other = path.join(watched, 'sorted', 'ants', 'b.jpg')
    await put(other, 'put there by hand')
    expect(await arrived(new Arrivals([watched], [photo], filings))).toEqual([other])
  },
)

it('a photo is known as filed by another path to the folder too', async () => {
  const { photo, filings, watched } = await filedInside('linked', 'copy')
  const link = folder.path('link')
  await symlink(watched, link)
  expect(await arrived(new Arrivals([link], [path.join(link, path.basename(photo))], filings))).toEqual([])
})

it('what is put where a filing was taken back arrives', async () => {
  const { photo, filings, id, watched } = await filedInside('undone', 'copy')
  await drain(filings.undo(id))
  const same = path.join(watched, 'sorted', 'ants', 'a.jpg')
  await put(same, 'another photo')
  expect(await arrived(new Arrivals([watched], [photo], filings))).toEqual([same])
})
