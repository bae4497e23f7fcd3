import { rename, symlink, utimes } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import { Arrivals } from '../../../../src/main/engine/trainer/arrivals.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const signal = new AbortController().signal
const photo = await jpeg({ r: 90, g: 120, b: 30 })
const half = photo.subarray(0, photo.length / 2)

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
  const file = folder.path(`${name}/in/a.jpg`)
  await put(file, photo)
  const filings = new Filings(folder.path(`${name}/filings`))
  const target = folder.path(`${name}/in/sorted`)
  const { id } = await filings.plan({
    ...{ photos: [{ file, class: 'ants' }], how, target, pattern: '{class}/{name}', clash: 'number' },
    dayOf: () => Promise.resolve(''),
  })
  await drain(filings.file(id))
  return { file, filings, id, watched: folder.path(`${name}/in`) }
}

it('what is put into a watched folder arrives once it has kept its size', async () => {
  const watched = folder.path('plain')
  await put(path.join(watched, 'old.jpg'), 'old')
  const filings = new Filings(folder.path('no filings'))
  const arrivals = new Arrivals([watched], [path.join(watched, 'old.jpg')], filings)
  const fresh = path.join(watched, 'deeper', 'new.jpg')
  await put(fresh, half)
  expect(await arrivals.look(signal)).toEqual([])
  await put(fresh, photo)
  expect(await arrivals.look(signal)).toEqual([])
  expect(await arrivals.look(signal)).toEqual([fresh])
  expect(await arrivals.look(signal)).toEqual([])
})

it.each(['copy', 'move'] as const)(
  'a photo that was filed into the watched folder does not arrive there (%s)',
  async (how) => {
    const { file, filings, watched } = await filedInside(how, how)
    expect(await arrived(new Arrivals([watched], [file], filings))).toEqual([])
    const other = path.join(watched, 'sorted', 'ants', 'b.jpg')
    await put(other, await jpeg({ r: 1, g: 2, b: 3 }))
    expect(await arrived(new Arrivals([watched], [file], filings))).toEqual([other])
  },
)

it('a photo is known as filed by another path to the folder too', async () => {
  const { file, filings, watched } = await filedInside('linked', 'copy')
  const link = folder.path('link')
  await symlink(watched, link)
  expect(await arrived(new Arrivals([link], [path.join(link, path.basename(file))], filings))).toEqual([])
})

it('what is put where a filing was taken back arrives', async () => {
  const { file, filings, id, watched } = await filedInside('undone', 'copy')
  await drain(filings.undo(id))
  const same = path.join(watched, 'sorted', 'ants', 'a.jpg')
  await put(same, photo)
  expect(await arrived(new Arrivals([watched], [file], filings))).toEqual([same])
})

describe('a file that could not be read', () => {
  // The folder is made before the first test, not before this is read.
  let watched = ''
  let file = ''
  beforeAll(() => {
    watched = folder.path('slow')
    file = path.join(watched, 'a.jpg')
  })

  /** It has arrived, and who decoded it has handed it back. */
  async function handedBack(options?: { standstill: number }): Promise<Arrivals> {
    const arrivals = new Arrivals([watched], [], new Filings(folder.path('no filings')), options)
    expect(await arrived(arrivals)).toEqual([file])
    expect(await arrivals.isOnItsWay(file)).toBe(true)
    return arrivals
  }

  it('arrives again once it is whole, and not before', async () => {
    await put(file, half)
    const arrivals = await handedBack()
    for (let looks = 0; looks < 4; looks += 1) expect(await arrivals.look(signal)).toEqual([])
    await put(file, photo)
    expect(await arrived(arrivals)).toEqual([file])
    expect(await arrivals.look(signal)).toEqual([])
  })

  it('arrives again when its contents change and its size does not', async () => {
    await put(file, Buffer.alloc(photo.length))
    const arrivals = await handedBack()
    await put(file, photo)
    // On a disk that keeps whole seconds both writes could have one time.
    await utimes(file, 1, 1)
    expect(await arrived(arrivals)).toEqual([file])
  })

  it('arrives again after a while as it is, and then is one that never will be read', async () => {
    await put(file, half)
    const arrivals = await handedBack({ standstill: 300 })
    expect(await arrivals.look(signal)).toEqual([])
    await setTimeout(350)
    expect(await arrivals.look(signal)).toEqual([file])
    expect(await arrivals.isOnItsWay(file)).toBe(false)
    expect(await arrivals.look(signal)).toEqual([])
  })

  it('is waited for although it was there from the start, if it was written to just now, and else is not', async () => {
    await put(file, half)
    const known = () => new Arrivals([watched], [file], new Filings(folder.path('no filings')))
    expect(await known().isOnItsWay(file)).toBe(true)
    const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
    onTestFinished(() => later.mockRestore())
    expect(await known().isOnItsWay(file)).toBe(false)
  })

  it('is not waited for when it is gone', async () => {
    const arrivals = new Arrivals([watched], [], new Filings(folder.path('no filings')))
    expect(await arrivals.isOnItsWay(path.join(watched, 'gone.jpg'))).toBe(false)
  })
})

it('a folder that is away is named until it is back, and what came meanwhile arrives', async () => {
  const watched = folder.path('vanishing')
  await put(path.join(watched, 'a.jpg'), photo)
  const arrivals = new Arrivals([watched], [], new Filings(folder.path('no filings')))
  expect(await arrived(arrivals)).toHaveLength(1)
  expect(arrivals.away).toEqual([])
  await rename(watched, `${watched} elsewhere`)
  expect(await arrivals.look(signal)).toEqual([])
  expect(arrivals.away).toEqual([watched])
  await put(path.join(`${watched} elsewhere`, 'b.jpg'), photo)
  await rename(`${watched} elsewhere`, watched)
  expect(await arrived(arrivals)).toEqual([path.join(watched, 'b.jpg')])
  expect(arrivals.away).toEqual([])
})
