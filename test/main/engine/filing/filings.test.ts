import { existsSync } from 'node:fs'
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ActOutcome } from '../../../../src/main/engine/filing/filing.ts'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import type { FilingRequest } from '../../../../src/main/engine/filing/plan.ts'
import { Lock } from '../../../../src/main/engine/lock.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
let number = 0
let root = ''
let filings: Filings
const at = (...names: string[]) => path.join(root, ...names)

beforeEach(async () => {
  number += 1
  root = folder.path(`case ${number}`)
  await mkdir(root, { recursive: true })
  filings = new Filings(at('filings'))
})

async function all<T>(values: AsyncGenerator<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}

const request = (photos: Record<string, string>, more: Partial<FilingRequest> = {}): FilingRequest => ({
  photos: Object.entries(photos).map(([file, name]) => ({ file: at(file), class: name })),
  how: 'copy',
  target: at('sorted'),
  pattern: '{class}/{name}',
  clash: 'number',
  dayOf: () => Promise.resolve('2026-11-25'),
  ...more,
})

async function filed(given: FilingRequest): Promise<{ id: string; outcomes: ActOutcome[] }> {
  const { id } = await filings.plan(given)
  return { id, outcomes: await all(filings.file(id)) }
}

/** Every file below a folder with its contents, by its path in it. */
async function tree(below: string): Promise<Record<string, string>> {
  const entries = await readdir(at(below), { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
  const read = files.map(
    async (file) => [path.relative(at(below), file), await readFile(file, 'utf8').catch(() => '?')] as const,
  )
  return Object.fromEntries((await Promise.all(read)).toSorted())
}

const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error

describe('a list', () => {
  it('names every act, and nothing is done by making it', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'BB')
    const plan = await filings.plan(request({ 'in/a.jpg': 'ants', 'in/b.jpg': 'bees' }))
    expect(plan.acts.map(({ from, to }) => [path.relative(root, from), path.relative(root, to)])).toEqual([
      ['in/a.jpg', 'sorted/ants/a.jpg'],
      ['in/b.jpg', 'sorted/bees/b.jpg'],
    ])
    expect(plan.needs).toBe(3)
    expect(plan.free).toBeGreaterThan(0)
    expect(existsSync(at('sorted'))).toBe(false)
    expect(await tree('in')).toEqual({ 'a.jpg': 'A', 'b.jpg': 'BB' })
  })

  it('numbers names that are taken on the disk, in the list, or on a disk that tells no case', async () => {
    for (const [file, text] of [
      ['one/x.jpg', '1'],
      ['two/x.jpg', '2'],
      ['two/X.JPG', '3'],
      ['sorted/ants/x.jpg', '0'],
    ])
      await put(at(file!), text!)
    await filed(request({ 'one/x.jpg': 'ants', 'two/x.jpg': 'ants', 'two/X.JPG': 'ants' }))
    expect(await tree('sorted')).toEqual({
      'ants/x.jpg': '0',
      'ants/x (2).jpg': '1',
      'ants/x (3).jpg': '2',
      'ants/X (4).JPG': '3',
    })
  })

  it('leaves photos whose name is taken where a person wants that, and those that are there already', async () => {
    await put(at('in/x.jpg'), '1')
    await put(at('in/same.jpg'), 'same')
    await put(at('sorted/ants/x.jpg'), '0')
    await put(at('sorted/ants/same.jpg'), 'same')
    const photos = {
      'in/x.jpg': 'ants',
      'in/same.jpg': 'ants',
      'sorted/ants/x.jpg': 'ants',
      'in/gone.jpg': 'ants',
    }
    const { acts, left } = await filings.plan(request(photos, { clash: 'skip' }))
    expect(acts).toEqual([])
    expect(left.map((it) => it.code)).toEqual([
      'filing.taken',
      'filing.same-there',
      'filing.there-already',
      'photo.missing',
    ])
  })

  it('has a photo once that is named twice', async () => {
    await put(at('in/a.jpg'), 'A')
    const asked = request({ 'in/a.jpg': 'ants' })
    const { acts, left } = await filings.plan({ ...asked, photos: [...asked.photos, ...asked.photos] })
    expect(acts).toHaveLength(1)
    expect(left).toEqual([])
  })

  it('makes names of classes that no system refuses, and stays below the target', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    await put(at('in/c.jpg'), 'C')
    await put(at(`in/${'n'.repeat(251)}.jpg`), 'N')
    await filed(
      request({
        'in/a.jpg': 'CON',
        'in/b.jpg': '../..',
        'in/c.jpg': '벌 : 꿀',
        [`in/${'n'.repeat(251)}.jpg`]: 'x',
      }),
    )
    expect(await tree('sorted')).toEqual({
      '_CON/a.jpg': 'A',
      '.._/b.jpg': 'B',
      '벌 _ 꿀/c.jpg': 'C',
      [`x/${'n'.repeat(251)}.jpg`]: 'N',
    })
  })

  it('refuses a target that is a file, and leaves links', async () => {
    await put(at('in/a.jpg'), 'A')
    await symlink(at('in/a.jpg'), at('in/link.jpg'))
    await put(at('file'), '')
    await expect(filings.plan(request({ 'in/a.jpg': 'x' }, { target: at('file/below') }))).rejects.toThrow(
      code('output.unwritable'),
    )
    const { left } = await filings.plan(request({ 'in/link.jpg': 'x' }))
    expect(left.map((it) => it.code)).toEqual(['filing.not-a-file'])
  })

  it('follows links of folders once, so that a photo is known where it lies', async () => {
    await put(at('real/ants/a.jpg'), 'A')
    await symlink(at('real'), at('link'))
    const { left } = await filings.plan(request({ 'real/ants/a.jpg': 'ants' }, { target: at('link') }))
    expect(left.map((it) => it.code)).toEqual(['filing.there-already'])
  })

  it('takes the day and the group into the names', async () => {
    await put(at('in/a.jpg'), 'A')
    const { acts } = await filings.plan({
      ...request({}, { pattern: '{group}/{class}/{date}/{name}' }),
      photos: [{ file: at('in/a.jpg'), class: 'tit', group: 'birds' }],
    })
    expect(path.relative(root, acts[0]!.to)).toBe('sorted/birds/tit/2026-11-25/a.jpg')
  })
})

describe.each(['copy', 'move', 'link'] as const)('%s', (how) => {
  it('is done and taken back, with names, contents, times and folders as before', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    await chmod(at('in/b.jpg'), 0o444)
    await utimes(at('in/a.jpg'), 1_500_000_000, 1_400_000_000.123)
    await mkdir(at('sorted/kept'), { recursive: true })
    const { id, outcomes } = await filed(request({ 'in/a.jpg': 'ants', 'in/b.jpg': 'bees' }, { how }))
    expect(outcomes.map(({ state }) => state)).toEqual(['done', 'done'])
    expect(await tree('sorted')).toEqual({ 'ants/a.jpg': 'A', 'bees/b.jpg': 'B' })
    expect(await tree('in')).toEqual(how === 'move' ? {} : { 'a.jpg': 'A', 'b.jpg': 'B' })
    expect((await stat(at('sorted/ants/a.jpg'))).mtimeMs).toBeCloseTo(1_400_000_000_123, 0)
    expect((await stat(at('sorted/bees/b.jpg'))).mode & 0o777).toBe(0o444)
    if (how === 'link') expect(await readlink(at('sorted/ants/a.jpg'))).toBe(at('in/a.jpg'))
    else expect((await lstat(at('sorted/ants/a.jpg'))).isFile()).toBe(true)

    expect((await filings.list()).map(({ plan, done }) => [plan.id, done])).toEqual([[id, 2]])
    expect((await all(filings.undo(id))).map(({ state }) => state)).toEqual(['undone', 'undone'])
    expect(await tree('in')).toEqual({ 'a.jpg': 'A', 'b.jpg': 'B' })
    expect((await stat(at('in/a.jpg'))).mtimeMs).toBeCloseTo(1_400_000_000_123, 0)
    expect((await stat(at('in/b.jpg'))).mode & 0o777).toBe(0o444)
    expect(await readdir(at('sorted'))).toEqual(['kept'])
  })

  it('does not touch a photo that has changed or vanished since the list was made', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    const { id } = await filings.plan(request({ 'in/a.jpg': 'ants', 'in/b.jpg': 'bees' }, { how }))
    await put(at('in/a.jpg'), 'changed')
    await rm(at('in/b.jpg'))
    const outcomes = await all(filings.file(id))
    expect(outcomes.map(({ reason }) => reason?.code)).toEqual(['filing.changed', 'photo.missing'])
    expect(await tree('in')).toEqual({ 'a.jpg': 'changed' })
  })

  it('does not overwrite what has taken the name meanwhile', async () => {
    await put(at('in/a.jpg'), 'A')
    const { id } = await filings.plan(request({ 'in/a.jpg': 'ants' }, { how }))
    await put(at('sorted/ants/a.jpg'), 'other')
    const [outcome] = await all(filings.file(id))
    expect(outcome).toMatchObject({ state: 'failed', reason: { code: 'filing.taken' } })
    expect(await tree('sorted')).toEqual({ 'ants/a.jpg': 'other' })
    expect(await tree('in')).toEqual({ 'a.jpg': 'A' })
  })

  it('takes back one photo of many, and the others later', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    const { id } = await filed(request({ 'in/a.jpg': 'ants', 'in/b.jpg': 'bees' }, { how }))
    await all(filings.undo(id, { only: new Set([0]) }))
    expect(await tree('sorted')).toEqual({ 'bees/b.jpg': 'B' })
    await all(filings.undo(id))
    expect(await tree('in')).toEqual({ 'a.jpg': 'A', 'b.jpg': 'B' })
  })
})

describe('taking back', () => {
  it('leaves what was changed since, says so, and goes on with the others', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    const { id } = await filed(request({ 'in/a.jpg': 'ants', 'in/b.jpg': 'bees' }, { how: 'move' }))
    await put(at('sorted/ants/a.jpg'), 'edited')
    const outcomes = await all(filings.undo(id))
    expect(outcomes.map(({ state, reason }) => [state, reason?.code])).toEqual([
      ['undone', undefined],
      ['kept', 'filing.changed'],
    ])
    expect(await tree('sorted')).toEqual({ 'ants/a.jpg': 'edited' })
    expect(await tree('in')).toEqual({ 'b.jpg': 'B' })
  })

  it.each([
    ['is gone', (file: string) => rm(file)],
    ['was changed', (file: string) => writeFile(file, 'Å')],
  ])('leaves a copy whose original %s: it is the last one', async (_, spoil) => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    const { id } = await filed(request({ 'in/a.jpg': 'ants', 'in/b.jpg': 'bees' }))
    await spoil(at('in/a.jpg'))
    const outcomes = await all(filings.undo(id))
    expect(outcomes.map(({ state, reason }) => [state, reason?.code])).toEqual([
      ['undone', undefined],
      ['kept', 'filing.last-copy'],
    ])
    expect(await tree('sorted')).toEqual({ 'ants/a.jpg': 'A' })
    await put(at('in/a.jpg'), 'A')
    expect(await all(filings.undo(id))).toMatchObject([{ state: 'undone', reason: undefined }])
    expect(existsSync(at('sorted'))).toBe(false)
  })

  it('says of a photo that is gone by now that it is gone', async () => {
    await put(at('in/a.jpg'), 'A')
    const { id } = await filed(request({ 'in/a.jpg': 'ants' }, { how: 'move' }))
    await rm(at('sorted/ants/a.jpg'))
    expect(await all(filings.undo(id))).toMatchObject([{ state: 'kept', reason: { code: 'photo.missing' } }])
  })

  it('never overwrites what has the old name now', async () => {
    await put(at('in/a.jpg'), 'A')
    const { id } = await filed(request({ 'in/a.jpg': 'ants' }, { how: 'move' }))
    await put(at('in/a.jpg'), 'new')
    expect((await all(filings.undo(id)))[0]).toMatchObject({
      state: 'kept',
      reason: { code: 'filing.taken' },
    })
    expect(await tree('in')).toEqual({ 'a.jpg': 'new' })
    expect(await tree('sorted')).toEqual({ 'ants/a.jpg': 'A' })
    await rename(at('in/a.jpg'), at('in/new.jpg'))
    await all(filings.undo(id))
    expect(await tree('in')).toEqual({ 'a.jpg': 'A', 'new.jpg': 'new' })
  })

  it('makes the old folder again if it was taken away', async () => {
    await put(at('in/deep/a.jpg'), 'A')
    const { id } = await filed(request({ 'in/deep/a.jpg': 'ants' }, { how: 'move' }))
    await rm(at('in'), { recursive: true })
    await all(filings.undo(id))
    expect(await tree('in')).toEqual({ 'deep/a.jpg': 'A' })
  })

  it('keeps folders in which something else lies by now', async () => {
    await put(at('in/a.jpg'), 'A')
    const { id } = await filed(request({ 'in/a.jpg': 'ants' }))
    await put(at('sorted/ants/mine.txt'), 'mine')
    await all(filings.undo(id))
    expect(await tree('sorted')).toEqual({ 'ants/mine.txt': 'mine' })
  })
})

describe('filings', () => {
  it('have one at work at a time', async () => {
    await put(at('in/a.jpg'), 'A')
    const { id } = await filings.plan(request({ 'in/a.jpg': 'ants' }))
    const lock = Lock.take(at('filings', 'lock'))!
    await expect(all(filings.file(id))).rejects.toThrow(code('filing.busy'))
    lock.release()
    expect(await all(filings.file(id))).toHaveLength(1)
  })

  it.each(['none', '../in', ''])('do not know %j', async (id) => {
    await put(at('in/plan.json'), '{}')
    await expect(all(filings.file(id))).rejects.toThrow(code('filing.missing'))
  })

  it('stop between two photos, and go on later', async () => {
    for (const name of ['a', 'b', 'c']) await put(at(`in/${name}.jpg`), name)
    const { id } = await filings.plan(request({ 'in/a.jpg': 'x', 'in/b.jpg': 'x', 'in/c.jpg': 'x' }))
    const stop = new AbortController()
    const first = async () => {
      for await (const { state } of filings.file(id, stop.signal)) if (state === 'done') stop.abort()
    }
    await expect(first()).rejects.toThrow(code('cancelled'))
    expect(Object.keys(await tree('sorted'))).toEqual(['x/a.jpg'])
    expect(await all(filings.file(id))).toHaveLength(2)
    expect(Object.keys(await tree('sorted'))).toEqual(['x/a.jpg', 'x/b.jpg', 'x/c.jpg'])
  })

  it('that go on find what the journal has lost: photos that were moved already are theirs', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    const { id } = await filed(request({ 'in/a.jpg': 'x', 'in/b.jpg': 'x' }, { how: 'move' }))
    await writeFile(at('filings', id, 'journal.jsonl'), '')
    expect((await all(filings.file(id))).map(({ state }) => state)).toEqual(['done', 'done'])
    await all(filings.undo(id))
    expect(await tree('in')).toEqual({ 'a.jpg': 'A', 'b.jpg': 'B' })
  })

  it('claim nothing that only looks like theirs: another file at the new place, or a copy', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    const moves = await filings.plan(request({ 'in/a.jpg': 'x' }, { how: 'move' }))
    const copies = await filings.plan(request({ 'in/b.jpg': 'x' }))
    await rm(at('in/a.jpg'))
    await put(at('sorted/x/a.jpg'), 'Z')
    await put(at('sorted/x/b.jpg'), 'B')
    expect(await all(filings.file(moves.id))).toMatchObject([
      { state: 'failed', reason: { code: 'photo.missing' } },
    ])
    expect(await all(filings.file(copies.id))).toMatchObject([
      { state: 'failed', reason: { code: 'filing.taken' } },
    ])
    await all(filings.undo(moves.id))
    await all(filings.undo(copies.id))
    expect(await tree('sorted')).toEqual({ 'x/a.jpg': 'Z', 'x/b.jpg': 'B' })
  })
})

describe('an XMP file beside a photo', () => {
  it('moves along under both names that programs give it, and comes back with the undo', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/a.jpg.xmp'), 'darktable')
    await put(at('in/b.cr2'), 'BB')
    await put(at('in/b.xmp'), 'Lightroom')
    await put(at('in/else.xmp'), 'of no photo here')
    const before = await tree('in')
    const { id, outcomes } = await filed(request({ 'in/a.jpg': 'ants', 'in/b.cr2': 'bees' }, { how: 'move' }))
    expect(outcomes.map(({ act, state }) => [act.sidecar ?? false, state])).toEqual([
      [false, 'done'],
      [true, 'done'],
      [false, 'done'],
      [true, 'done'],
    ])
    expect(await tree('sorted')).toEqual({
      'ants/a.jpg': 'A',
      'ants/a.jpg.xmp': 'darktable',
      'bees/b.cr2': 'BB',
      'bees/b.xmp': 'Lightroom',
    })
    expect(await tree('in')).toEqual({ 'else.xmp': 'of no photo here' })
    await all(filings.undo(id))
    expect(await tree('in')).toEqual(before)
  })

  it('goes with the RAW file of a pair, wherever its JPEG goes and whichever comes first', async () => {
    await put(at('in/a.jpg'), 'J')
    await put(at('in/a.CR2'), 'R')
    await put(at('in/a.xmp'), 'of the RAW file')
    await put(at('in/a.jpg.xmp'), 'of the JPEG')
    await filed(request({ 'in/a.jpg': 'ants', 'in/a.CR2': 'bees' }, { how: 'move' }))
    expect(await tree('sorted')).toEqual({
      ...{ 'ants/a.jpg': 'J', 'ants/a.jpg.xmp': 'of the JPEG' },
      ...{ 'bees/a.CR2': 'R', 'bees/a.xmp': 'of the RAW file' },
    })
  })

  it('moves along under a name in capitals too', async () => {
    await put(at('in/B.CR2'), 'BB')
    await put(at('in/B.XMP'), 'a camera’s program')
    const { outcomes } = await filed(request({ 'in/B.CR2': 'bees' }, { how: 'move' }))
    expect(outcomes.map(({ act, state }) => [act.sidecar ?? false, state])).toEqual([
      [false, 'done'],
      [true, 'done'],
    ])
    expect(await tree('sorted')).toEqual({ 'bees/B.CR2': 'BB', 'bees/B.XMP': 'a camera’s program' })
  })

  it('gets the number that its photo gets', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/a.xmp'), 'of A')
    await put(at('sorted/ants/a.jpg'), 'other')
    await filed(request({ 'in/a.jpg': 'ants' }))
    expect(await tree('sorted')).toMatchObject({ 'ants/a (2).jpg': 'A', 'ants/a (2).xmp': 'of A' })
  })

  it('stays and is named where another has its name, and nothing is written over', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/a.xmp'), 'of A')
    await put(at('sorted/ants/a.xmp'), 'of another')
    const plan = await filings.plan(request({ 'in/a.jpg': 'ants' }, { how: 'move' }))
    expect(plan.left).toMatchObject([{ file: at('in/a.xmp'), code: 'filing.taken' }])
    await all(filings.file(plan.id))
    expect(await readFile(at('sorted/ants/a.xmp'), 'utf8')).toBe('of another')
    expect(await readFile(at('in/a.xmp'), 'utf8')).toBe('of A')
  })

  it('stays where its photo has to stay', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/a.xmp'), 'of A')
    const plan = await filings.plan(request({ 'in/a.jpg': 'ants' }, { how: 'move' }))
    await writeFile(at('in/a.jpg'), 'changed since the list')
    const outcomes = await all(filings.file(plan.id))
    expect(outcomes.map(({ reason }) => reason?.code)).toEqual(['filing.changed', 'filing.stays-with-photo'])
    expect(Object.keys(await tree('in'))).toEqual(['a.jpg', 'a.xmp'])
  })

  it('comes back with its photo alone', async () => {
    for (const name of ['a', 'b']) {
      await put(at(`in/${name}.jpg`), name)
      await put(at(`in/${name}.xmp`), `of ${name}`)
    }
    const { id } = await filed(request({ 'in/a.jpg': 'ants', 'in/b.jpg': 'ants' }, { how: 'move' }))
    await all(filings.undo(id, { only: new Set([2]) }))
    expect(Object.keys(await tree('in'))).toEqual(['b.jpg', 'b.xmp'])
    expect(Object.keys(await tree('sorted/ants'))).toEqual(['a.jpg', 'a.xmp'])
  })
})

describe('what lies beside a photo and bears its name', () => {
  it('moves along, a clip, edits and a spoken note, is on the list, and comes back with the undo', async () => {
    const beside = ['IMG_1.MOV', 'IMG_1.AAE', 'IMG_1.HEIC.xmp', 'IMG_1.wav']
    await put(at('in/IMG_1.HEIC'), 'live')
    await put(at('in/IMG_2.HEIC'), 'still')
    for (const name of [...beside, 'IMG_2.txt', 'IMG_3.MOV', 'IMG_20.MOV', 'IMG_2 b.MOV'])
      await put(at('in', name), name)
    await put(at('sorted/ants/IMG_1.HEIC'), 'another')
    const before = await tree('in')
    const plan = await filings.plan(
      request({ 'in/IMG_1.HEIC': 'ants', 'in/IMG_2.HEIC': 'bees' }, { how: 'move' }),
    )
    expect(
      plan.acts
        .filter(({ sidecar }) => sidecar)
        .map(({ from }) => path.basename(from))
        .toSorted(),
    ).toEqual(beside.toSorted())
    await all(filings.file(plan.id))
    expect(await tree('sorted')).toEqual({
      'ants/IMG_1.HEIC': 'another',
      'ants/IMG_1 (2).HEIC': 'live',
      'ants/IMG_1 (2).MOV': 'IMG_1.MOV',
      'ants/IMG_1 (2).AAE': 'IMG_1.AAE',
      'ants/IMG_1 (2).HEIC.xmp': 'IMG_1.HEIC.xmp',
      'ants/IMG_1 (2).wav': 'IMG_1.wav',
      'bees/IMG_2.HEIC': 'still',
    })
    expect(Object.keys(await tree('in'))).toEqual(['IMG_2 b.MOV', 'IMG_2.txt', 'IMG_20.MOV', 'IMG_3.MOV'])
    await all(filings.undo(plan.id))
    expect(await tree('in')).toEqual(before)
  })

  it('goes with the HEIC file of a pair, wherever its JPEG goes and whichever comes first; alone the JPEG leaves it', async () => {
    for (const name of ['a.jpg', 'a.HEIC', 'a.MOV', 'a.jpg.xmp', 'b.jpg', 'b.heic', 'b.mov'])
      await put(at('in', name), name)
    await filed(request({ 'in/a.jpg': 'ants', 'in/a.HEIC': 'bees', 'in/b.jpg': 'ants' }, { how: 'move' }))
    expect(Object.keys(await tree('sorted'))).toEqual([
      ...['ants/a.jpg', 'ants/a.jpg.xmp', 'ants/b.jpg', 'bees/a.HEIC', 'bees/a.MOV'],
    ])
    expect(Object.keys(await tree('in'))).toEqual(['b.heic', 'b.mov'])
  })

  it('is copied once for two photos of one name', async () => {
    for (const name of ['a.jpg', 'a.png', 'a.mov']) await put(at('in', name), name)
    const plan = await filings.plan(request({ 'in/a.jpg': 'ants', 'in/a.png': 'ants' }))
    expect([plan.acts.length, plan.left, plan.needs]).toEqual([3, [], 15])
    await all(filings.file(plan.id))
    expect(Object.keys(await tree('sorted'))).toEqual(['ants/a.jpg', 'ants/a.mov', 'ants/a.png'])
    expect(Object.keys(await tree('in'))).toEqual(['a.jpg', 'a.mov', 'a.png'])
  })

  it('stays where photos are written to learn from, but for what tells their keywords', async () => {
    for (const name of ['a.jpg', 'a.mov', 'a.wav', 'a.xmp']) await put(at('in', name), name)
    await filed(request({ 'in/a.jpg': 'ants' }, { exported: true }))
    expect(Object.keys(await tree('sorted'))).toEqual(['ants/a.jpg', 'ants/a.xmp'])
  })
})

describe('two photos of one name and one content', () => {
  const both = { 'one/x.jpg': 'ants', 'two/x.jpg': 'ants' }
  beforeEach(async () => {
    for (const file of Object.keys(both)) await put(at(file), 'same')
    await put(at('three/x.jpg'), 'else')
  })

  it.each(['copy', 'move'] as const)(
    'become one by %s, as if the first had been filed before',
    async (how) => {
      const { id, acts, left } = await filings.plan(
        request({ 'one/x.jpg': 'ants', 'three/x.jpg': 'ants', 'two/x.jpg': 'ants' }, { how }),
      )
      expect(acts.map(({ to }) => path.basename(to))).toEqual(['x.jpg', 'x (2).jpg'])
      expect(left).toMatchObject([
        { file: at('two/x.jpg'), code: 'filing.same-there', parameters: { other: at('one/x.jpg') } },
      ])
      await all(filings.file(id))
      expect(await tree('two')).toEqual({ 'x.jpg': 'same' })
    },
  )

  it.each([{ how: 'link' }, { exported: true }, { dataset: 'd1' }] as const)(
    'are two where each counts: %o',
    async (more) => {
      const { acts, left } = await filings.plan(request(both, more))
      expect([acts.length, left]).toEqual([2, []])
    },
  )
})

describe('a list that is damaged', () => {
  const spoil = (id: string) => writeFile(at('filings', id, 'plan.json'), '{"format":1,"acts":[')

  it('is shown by what its journal knows, does not go on, and is taken back', async () => {
    for (const name of ['a', 'b', 'c']) await put(at(`in/${name}.jpg`), name)
    await put(at('sorted/bees/b.jpg'), 'in the way')
    const { id } = await filings.plan(
      request(
        { 'in/a.jpg': 'ants', 'in/b.jpg': 'bees', 'in/c.jpg': 'ants' },
        { how: 'move', choices: new Map([[at('in/b.jpg'), 'replace']]), dataset: 'd1' },
      ),
    )
    const stop = new AbortController()
    const part = async () => {
      for await (const { act } of filings.file(id, stop.signal)) if (act.from.endsWith('b.jpg')) stop.abort()
    }
    await expect(part()).rejects.toThrow(code('cancelled'))
    await spoil(id)
    const [summary] = await filings.list()
    expect(summary).toMatchObject({
      ...{ done: 2, isDamaged: true },
      plan: { id, how: 'move', target: at('sorted'), pattern: '{class}/{name}', dataset: 'd1' },
    })
    await expect(all(filings.file(id))).rejects.toThrow(code('filing.damaged'))
    expect(await filings.placed()).toEqual(new Set([at('sorted/ants/a.jpg'), at('sorted/bees/b.jpg')]))
    expect((await all(filings.undo(id))).map(({ state }) => state)).toEqual(['undone', 'undone', 'undone'])
    expect(await tree('in')).toEqual({ 'a.jpg': 'a', 'b.jpg': 'b', 'c.jpg': 'c' })
    expect(await tree('sorted')).toEqual({ 'bees/b.jpg': 'in the way' })
  })

  it('of an older version, whose journal names no photos, is shown with its day', async () => {
    const id = '20261125-101500-1a2b3c'
    await put(at('filings', id, 'journal.jsonl'), '{"step":"begin","act":0}\n{"step":"done","act":0}\n')
    await spoil(id)
    expect(await filings.list()).toMatchObject([
      { done: 0, isDamaged: true, plan: { created: '2026-11-25T10:15:00.000Z', acts: [] } },
    ])
    expect(await all(filings.undo(id))).toEqual([])
  })

  it('before anything was done is named when it is to be carried out, and does not stop others', async () => {
    await put(at('in/a.jpg'), 'A')
    const { id } = await filings.plan(request({ 'in/a.jpg': 'ants' }))
    await spoil(id)
    await expect(all(filings.file(id))).rejects.toThrow(code('filing.damaged'))
    expect(await filings.list()).toEqual([])
    expect((await filed(request({ 'in/a.jpg': 'ants' }))).outcomes).toMatchObject([{ state: 'done' }])
  })
})

describe('a folder of the program’s own', () => {
  beforeEach(async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/b.jpg'), 'B')
    await mkdir(at('home/runs'), { recursive: true })
    await symlink(at('home/runs'), at('linked'))
    filings = new Filings(at('home/filings'), [at('home'), at('cache that is not there')])
  })

  it.each(['home', 'home/runs', 'home/new/folder', 'linked', 'linked/new', 'in/../home'])(
    'is refused as a target: %s',
    async (target) => {
      await expect(filings.plan(request({ 'in/a.jpg': 'ants' }, { target: at(target) }))).rejects.toThrow(
        code('filing.own-folder'),
      )
    },
  )

  it('is refused by another name of the same folder, as on a disk that tells no case', async () => {
    // A second mount of a folder has its numbers too; a hard link to a folder cannot be made, so the own folder is given as a link.
    await symlink(at('home'), at('HOME'))
    filings = new Filings(at('home/filings'), [at('HOME')])
    await expect(filings.plan(request({ 'in/a.jpg': 'ants' }, { target: at('home/x') }))).rejects.toThrow(
      code('filing.own-folder'),
    )
  })

  it('is not reached by a class, a pattern or a link below the target', async () => {
    await mkdir(at('sorted'))
    await symlink(at('home'), at('sorted/ants'))
    const links = await filings.plan(request({ 'in/a.jpg': 'ants', 'in/b.jpg': 'bees' }))
    expect(links.left.map((it) => [it.file, it.code])).toEqual([[at('in/a.jpg'), 'filing.own-folder']])
    expect(links.acts.map(({ to }) => to)).toEqual([at('sorted/bees/b.jpg')])
    const names = await filings.plan(request({ 'in/a.jpg': 'home', 'in/b.jpg': 'x' }, { target: root }))
    expect(names.left.map((it) => it.code)).toEqual(['filing.own-folder'])
    const pattern = await filings.plan(
      request({ 'in/a.jpg': 'x' }, { target: root, pattern: 'home/{class}/{name}' }),
    )
    expect(pattern.left.map((it) => it.code)).toEqual(['filing.own-folder'])
  })

  it('may hold a sample set whose labels become folders', async () => {
    await put(at('home/samples/set/ants/a.jpg'), 'A')
    const { acts } = await filings.plan(
      request(
        { 'home/samples/set/ants/a.jpg': 'bees' },
        { how: 'move', target: at('home/samples/set'), dataset: 'd1' },
      ),
    )
    expect(acts).toHaveLength(1)
  })
})

describe('a disk without room', () => {
  it('is told before anything is done; where some of it was done already the rest goes on', async () => {
    await put(at('one/x.jpg'), '1')
    await put(at('one/y.jpg'), '2')
    const { id } = await filings.plan(request({ 'one/x.jpg': 'ants', 'one/y.jpg': 'ants' }))
    const file = at('filings', id, 'plan.json')
    const plan = JSON.parse(await readFile(file, 'utf8')) as object
    await writeFile(file, JSON.stringify({ ...plan, needs: 2 ** 60 }))
    await expect(all(filings.file(id))).rejects.toMatchObject({
      code: 'filing.no-space',
      parameters: { folder: at('sorted'), needs: Math.ceil(2 ** 60 / 1e6) },
    })
    expect(existsSync(at('sorted'))).toBe(false)
    // What the list says of room is of the whole; a part of it lies there now.
    await writeFile(file, JSON.stringify(plan))
    for await (const { state } of filings.file(id)) {
      expect(state).toBe('done')
      break
    }
    await writeFile(file, JSON.stringify({ ...plan, needs: 2 ** 60 }))
    expect((await all(filings.file(id))).map(({ state }) => state)).toEqual(['done'])
  })
})

it('follows a photo by the moves since it was named, not by earlier ones of what lay there before', async () => {
  await put(at('one/x.jpg'), '1')
  await filed(request({ 'one/x.jpg': 'ants' }, { how: 'move' }))
  const placeSince = async (since: string) => (await filings.whereabouts(since))(at('one/x.jpg'))
  expect(await placeSince('2000-01-01T00:00:00.000Z')).toBe(at('sorted/ants/x.jpg'))
  expect(await placeSince('9999-01-01T00:00:00.000Z')).toBe(at('one/x.jpg'))
})
