/** Copies of archives in the data folder: which stay, and which go. */
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  archiveCopies,
  copyRecords,
  keepCopiesOf,
  unpacked,
} from '../../../../src/main/engine/datasets/archiveCopies.ts'
import { Journal, journalFile } from '../../../../src/main/engine/datasets/journal.ts'
import { scanSources } from '../../../../src/main/engine/datasets/sources.ts'
import { removeLeftovers } from '../../../../src/main/engine/store/leftovers.ts'
import { dataPaths } from '../../../../src/main/engine/store/paths.ts'
import { removeUnneededCopies } from '../../../../src/main/engine/store/unneededCopies.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'
import { zipFile } from '../../../support/zip.ts'

const folder = temporaryFolder()
const photo = await jpeg({ r: 90, g: 120, b: 30 })
const options = { seed: 1, threads: 1 }
const module = path.resolve(import.meta.dirname, '../../../../src/main/engine/store/unneededCopies.ts')

let number = 0
let home = ''
let archive = ''
beforeEach(async () => {
  home = folder.path(`${(number += 1)}/home`)
  archive = folder.path(`${number}/photos.zip`)
  await mkdir(home, { recursive: true })
})
const folders = () => ({ home, cache: path.join(home, 'cache') })
const paths = () => dataPaths(folders())
const copies = async () =>
  (await readdir(paths().samples)).filter((name) => !name.startsWith('.copies')).toSorted()

/** Packs photos under the archive's name, and unpacks them. @returns the copy's folder */
async function packed(...names: string[]): Promise<string> {
  await writeFile(archive, zipFile(Object.fromEntries(names.map((name) => [name, photo]))))
  return unpacked(archive, paths().samples)
}

/** As if the copies had been used two days ago. */
async function aDayLater(): Promise<void> {
  const before = new Date(Date.now() - 2 * 24 * 3600_000)
  for (const name of await readdir(copyRecords(paths().samples)))
    await utimes(path.join(copyRecords(paths().samples), name), before, before)
}

/** A copy of an archive that has changed since, and one of the archive as it is. */
async function formerAndCurrent() {
  const former = await packed('ants/a.jpg', 'bees/b.jpg')
  const current = await packed('ants/a.jpg', 'bees/b.jpg', 'bees/c.jpg')
  await put(path.join(paths().datasets, 'd.json'), JSON.stringify({ dataset: { folder: current } }))
  await aDayLater()
  return { former, names: { former: path.basename(former), current: path.basename(current) } }
}

it('a copy goes once its archive has changed and nothing refers to it; that of the dataset stays', async () => {
  const { names } = await formerAndCurrent()
  expect(await copies()).toEqual([names.former, names.current].toSorted())
  expect(await removeUnneededCopies(folders())).toEqual([names.former])
  expect(await copies()).toEqual([names.current])
  expect((await archiveCopies(paths().samples)).map(({ copy }) => copy.folder)).toEqual([names.current])
})

describe('a copy stays', () => {
  it.each([
    ['a dataset that was not scanned since', 'datasets/old.json'],
    ['a run', 'runs/r/run.json'],
    ['a run in the trash', 'trash/r/run.json'],
    ['a classification', 'classifications/c/photos.json'],
    ['a filing, which can be taken back', 'filings/f/plan.json'],
    ['a job', 'jobs/j.json'],
    ['what a person was about to do', 'draft.json'],
    ['a selection', 'cache/selections/s.json'],
  ])('as long as it is named by %s', async (_, file) => {
    const { former } = await formerAndCurrent()
    await put(path.join(home, file), JSON.stringify({ photos: [path.join(former, 'ants/a.jpg')] }))
    expect(await removeUnneededCopies(folders())).toEqual([])
    await rm(path.join(home, file))
    expect(await removeUnneededCopies(folders())).toHaveLength(1)
  })

  it('as long as a dataset has it as a further source, or an act on its photos that could be undone', async () => {
    const own = path.join(home, '..', 'own')
    await put(path.join(own, 'ants/x.jpg'), photo)
    await packed('ants/a.jpg', 'bees/b.jpg')
    const both = await scanSources(own, [archive], paths(), options)
    const photos = both.photos.map((it) => it.path).filter((it) => it.startsWith('../'))
    expect(photos).toHaveLength(2)
    await writeFile(archive, 'changed')
    await aDayLater()
    const dataset = await put(path.join(paths().datasets, 'd.json'), JSON.stringify({ dataset: both }))
    expect(await removeUnneededCopies(folders())).toEqual([])
    await rm(dataset)
    const journal = await Journal.open(journalFile(paths().datasets, 'd'))
    const summary = { code: 'leftOut', parameters: {} } as const
    await journal.append(() => ({ kind: 'act', act: { type: 'leaveOut', out: true }, photos, summary }))
    expect((await Journal.open(journal.file)).entries).toHaveLength(1)
    expect(await removeUnneededCopies(folders())).toEqual([])
    await rm(journal.file)
    expect(await removeUnneededCopies(folders())).toHaveLength(1)
  })

  it('when somebody has put a photo into it, or changed one', async () => {
    const { former } = await formerAndCurrent()
    await put(path.join(former, 'bees', 'own.jpg'), photo)
    expect(await removeUnneededCopies(folders())).toEqual([])
    await rm(path.join(former, 'bees', 'own.jpg'))
    await put(path.join(former, 'bees', 'b.jpg'), await jpeg({ r: 1, g: 2, b: 3 }))
    expect(await removeUnneededCopies(folders())).toEqual([])
  })

  it('when its archive is gone: these may be the last of its photos', async () => {
    const { names } = await formerAndCurrent()
    await rename(archive, `${archive}.away`)
    expect(await removeUnneededCopies(folders())).toEqual([])
    await rename(`${archive}.away`, archive)
    expect(await removeUnneededCopies(folders())).toEqual([names.former])
  })

  it('for a day after it was used last', async () => {
    await packed('ants/a.jpg', 'bees/b.jpg')
    await aDayLater()
    await unpacked(archive, paths().samples)
    expect(await removeUnneededCopies(folders())).toEqual([])
  })

  it('for good when a run outside of the data folder was trained on it', async () => {
    const { former, names } = await formerAndCurrent()
    await keepCopiesOf({ folder: former, photos: [] }, paths().samples)
    await aDayLater()
    expect(await removeUnneededCopies(folders())).toEqual([])
    expect(await copies()).toContain(names.former)
  })

  it('when a journal has lost lines, which may have been about its photos', async () => {
    await formerAndCurrent()
    const journal = await put(journalFile(paths().datasets, 'd'), '00000000 {"kind":"act"}\n')
    expect(await removeUnneededCopies(folders())).toEqual([])
    await rm(journal)
    expect(await removeUnneededCopies(folders())).toHaveLength(1)
  })

  it('when a former version unpacked it, or a person put it there', async () => {
    await formerAndCurrent()
    await rm(copyRecords(paths().samples), { recursive: true })
    expect(await removeUnneededCopies(folders())).toEqual([])
  })
})

it('that a dataset’s folder was another one before keeps no copy', async () => {
  const { former, names } = await formerAndCurrent()
  const journal = await Journal.open(journalFile(paths().datasets, 'd'))
  await journal.append(() => ({ kind: 'relocated', from: former, to: home }))
  expect(await removeUnneededCopies(folders())).toEqual([names.former])
})

/** Removes in a process that kills itself. @param after the call of `rename` or `rm` that it does not survive */
function killed(call: 'rename' | 'rm', after: number): void {
  const script = `
    import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const real = fs.${call}
    let calls = 0
    fs.${call} = async (...given) => {
      calls += 1
      if (calls > ${after}) process.kill(process.pid, 'SIGKILL')
      await real(...given)
    }
    syncBuiltinESMExports()
    const { removeUnneededCopies } = await import(${JSON.stringify(pathToFileURL(module).href)})
    await removeUnneededCopies(${JSON.stringify(folders())})`
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script])
  expect([signal, String(stderr)]).toEqual(['SIGKILL', ''])
}

it.each([
  ['before it begins', 'rename', 0],
  ['once the copy has its other name', 'rm', 0],
  ['before its photos are removed', 'rm', 1],
] as const)('a process that is killed %s leaves a whole copy or none', async (_, call, after) => {
  const { names } = await formerAndCurrent()
  killed(call, after)
  const former = path.join(paths().samples, names.former)
  const left = (await copies()).includes(names.former) ? await readdir(former, { recursive: true }) : []
  expect([0, 4]).toContain(left.length)
  await removeLeftovers(folders())
  await removeUnneededCopies(folders())
  expect(await copies()).toEqual([names.current])
  // What is packed as it was is unpacked again.
  expect(path.basename(await packed('ants/a.jpg', 'bees/b.jpg'))).not.toBe(names.current)
})
