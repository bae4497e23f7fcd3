/** Names that are taken, decided one by one; and disks, names and links that filing has to say something clear about. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ClashChoice } from '../../../../src/shared/api/filing.ts'
import { disk } from '../../../../src/main/engine/filing/fileLayer.ts'
import type { FileLayer } from '../../../../src/main/engine/filing/fileLayer.ts'
import type { ActOutcome } from '../../../../src/main/engine/filing/filing.ts'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import type { FilingRequest } from '../../../../src/main/engine/filing/plan.ts'
import { planFiling } from '../../../../src/main/engine/filing/plan.ts'
import { findPhotos } from '../../../../src/main/engine/datasets/walk.ts'
import { readPhotoFile } from '../../../../src/main/engine/photos/read.ts'
import { systemError } from '../../../support/filing/memoryDisk.ts'
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

function request(photos: readonly string[], more: Partial<FilingRequest> = {}): FilingRequest {
  return {
    photos: photos.map((file) => ({ file: at(file), class: 'ants' })),
    ...{ how: 'copy', target: at('sorted'), pattern: '{class}/{name}', clash: 'number' },
    dayOf: () => Promise.resolve('2026-11-25'),
    ...more,
  }
}

const chosen = (choices: Record<string, ClashChoice>) => ({
  choices: new Map(Object.entries(choices).map(([file, choice]) => [at(file), choice])),
})

const read = (file: string) => readFile(at(file), 'utf8')
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error

describe('a name that is taken', () => {
  it('is told with what has it: a file, another photo of the list, or a name in another case', async () => {
    await put(at('one/x.jpg'), '1')
    await put(at('two/x.jpg'), '2')
    await put(at('two/Y.JPG'), '3')
    await put(at('sorted/ants/x.jpg'), '0')
    await put(at('sorted/ants/y.jpg'), '0')
    const { acts } = await filings.plan(request(['one/x.jpg', 'two/x.jpg', 'two/Y.JPG']))
    expect(acts.map(({ clash }) => clash && { ...clash, with: path.relative(root, clash.with) })).toEqual([
      { kind: 'there', with: 'sorted/ants/x.jpg', choice: 'number', replaceable: true },
      { kind: 'there', with: 'sorted/ants/x.jpg', choice: 'number', replaceable: true },
      { kind: 'case', with: 'sorted/ants/y.jpg', choice: 'number', replaceable: false },
    ])
    const { acts: listed } = await filings.plan(request(['one/x.jpg', 'two/x.jpg'], { target: at('new') }))
    expect(listed[1]!.clash).toMatchObject({ kind: 'listed', with: at('new/ants/x.jpg') })
  })

  it.each(['copy', 'move', 'link'] as const)(
    'gets what a person decides for each photo, and all comes back with the undo: %s',
    async (how) => {
      for (const name of ['a', 'b', 'c']) {
        await put(at(`in/${name}.jpg`), `new ${name}`)
        await put(at(`sorted/ants/${name}.jpg`), `old ${name}`)
      }
      await utimes(at('sorted/ants/c.jpg'), 1_500_000_000, 1_400_000_000)
      const choices = chosen({ 'in/b.jpg': 'skip', 'in/c.jpg': 'replace' })
      const plan = await filings.plan(request(['in/a.jpg', 'in/b.jpg', 'in/c.jpg'], { how, ...choices }))
      expect(plan.acts.map(({ act, from, to }) => [act, path.basename(from), path.basename(to)])).toEqual([
        [how, 'a.jpg', 'a (2).jpg'],
        ['set-aside', 'c.jpg', '1.jpg'],
        [how, 'c.jpg', 'c.jpg'],
      ])
      expect(plan.left).toMatchObject([
        { file: at('in/b.jpg'), code: 'filing.taken', clash: { choice: 'skip', replaceable: true } },
      ])
      await all(filings.file(plan.id))
      expect(await read('sorted/ants/c.jpg')).toBe('new c')
      expect(await read('sorted/ants/a.jpg')).toBe('old a')
      expect((await filings.get(plan.id)).done).toBe(2)
      // The photo alone is asked for: what was set aside for it comes along.
      await all(filings.undo(plan.id, { only: new Set([2]) }))
      expect(await read('sorted/ants/c.jpg')).toBe('old c')
      expect(await stat(at('sorted/ants/c.jpg'))).toMatchObject({ mtimeMs: 1_400_000_000_000 })
      expect(await read('in/c.jpg')).toBe('new c')
      await all(filings.undo(plan.id))
      expect((await readdir(at('sorted/ants'))).toSorted()).toEqual(['a.jpg', 'b.jpg', 'c.jpg'])
    },
  )

  it('is left to what has it where the photo that should get it has vanished meanwhile', async () => {
    await put(at('in/a.jpg'), 'new')
    await put(at('sorted/ants/a.jpg'), 'old')
    const { id } = await filings.plan(
      request(['in/a.jpg'], { how: 'move', ...chosen({ 'in/a.jpg': 'replace' }) }),
    )
    await rm(at('in/a.jpg'))
    expect((await all(filings.file(id))).at(-1)).toMatchObject({ state: 'failed' })
    expect(await read('sorted/ants/a.jpg')).toBe('old')
    expect((await filings.get(id)).done).toBe(0)
  })

  it('is not taken from a file that has changed since the list was seen', async () => {
    await put(at('in/a.jpg'), 'new')
    await put(at('sorted/ants/a.jpg'), 'old')
    const { id } = await filings.plan(request(['in/a.jpg'], chosen({ 'in/a.jpg': 'replace' })))
    await writeFile(at('sorted/ants/a.jpg'), 'older and dearer')
    const codes = (outcomes: ActOutcome[]) => outcomes.map(({ reason }) => reason?.code)
    expect(codes(await all(filings.file(id)))).toEqual(['filing.changed', 'filing.taken'])
    expect(await read('sorted/ants/a.jpg')).toBe('older and dearer')
  })

  it('is not taken from a photo that is filed itself, nor from a folder', async () => {
    await put(at('in/a.jpg'), 'new')
    await put(at('in/b.jpg'), 'other')
    await put(at('sorted/ants/a.jpg'), 'old')
    await mkdir(at('sorted/ants/b.jpg'))
    const choices = chosen({ 'in/a.jpg': 'replace', 'in/b.jpg': 'replace' })
    const { acts } = await filings.plan(request(['in/a.jpg', 'in/b.jpg', 'sorted/ants/a.jpg'], choices))
    expect(acts.map(({ act, to }) => [act, path.basename(to)])).toEqual([
      ['copy', 'a (2).jpg'],
      ['copy', 'b (2).jpg'],
    ])
  })
})

describe.skipIf(process.platform === 'win32')('what a disk may hold', () => {
  it('is told by name where it is not written in UTF-8, by the reader as by the list', async () => {
    await mkdir(at('in'))
    await writeFile(
      Buffer.concat([Buffer.from(`${at('in')}/caf`), Buffer.from([0xe9]), Buffer.from('.jpg')]),
      'x',
    )
    const [name] = (await findPhotos(at('in'), '', {})).photos
    await expect(readPhotoFile(at('in', name!))).rejects.toThrow(code('path.misnamed'))
    const { acts, left } = await filings.plan(request([`in/${name}`]))
    expect(acts).toEqual([])
    expect(left).toMatchObject([
      { code: 'path.misnamed', message: expect.stringContaining('UTF-8') as string },
    ])
  })

  it('goes in circles: links that lead back are followed once, and a target of such links is refused', async () => {
    await put(at('in/a.jpg'), 'A')
    await symlink(at('in'), at('in/again'))
    await symlink(at('self'), at('self'))
    await symlink(at('self'), at('in/loop.jpg'))
    expect((await findPhotos(at('in'), '', {})).photos.toSorted()).toEqual(['a.jpg', 'loop.jpg'])
    await expect(readPhotoFile(at('in/loop.jpg'))).rejects.toThrow('its links go in a circle')
    const { left } = await filings.plan(request(['in/loop.jpg']))
    expect(left.map((it) => it.code)).toEqual(['filing.not-a-file'])
    await expect(filings.plan(request(['in/a.jpg'], { target: at('self/sorted') }))).rejects.toThrow(
      code('output.unwritable'),
    )
  })

  it('has names of 255 bytes, which get their number, are moved, tagged beside themselves and taken back', async () => {
    const name = `${'개'.repeat(83)}ab.jpg`
    expect(Buffer.byteLength(name)).toBe(255)
    await put(at('in', name), 'new')
    await put(at('sorted/ants', name), 'old')
    const plan = await filings.plan(request([`in/${name}`], { how: 'move' }))
    expect(Buffer.byteLength(path.basename(plan.acts[0]!.to))).toBeLessThanOrEqual(255)
    // No sidecar's name fits behind this one, which is no reason for the photo to stay.
    expect(plan.left).toEqual([])
    expect(await all(filings.file(plan.id))).toMatchObject([{ state: 'done' }])
    expect(await all(filings.undo(plan.id))).toMatchObject([{ state: 'undone' }])
    expect(await read(`in/${name}`)).toBe('new')
  })
})

describe('a class’s folder in the target that takes nothing', () => {
  const planned = (files: FileLayer) =>
    planFiling(files, { id: 'x', aside: at('aside'), own: [] }, request(['in/a.jpg']))

  it('is told in the list when it is read-only', async () => {
    await put(at('in/a.jpg'), 'a')
    await mkdir(at('sorted/ants'), { recursive: true })
    const requireWritable: FileLayer['requireWritable'] = (asked) =>
      asked === at('sorted/ants') ? Promise.reject(systemError('EACCES', asked)) : disk.requireWritable(asked)
    const { acts, left } = await planned({ ...disk, requireWritable })
    expect(acts).toEqual([])
    expect(left).toMatchObject([
      { code: 'output.unwritable', parameters: { folder: at('sorted/ants'), reason: 'permission-denied' } },
    ])
  })

  it('is told in the list when it is a link that leads nowhere; one that leads to a folder is as good as it', async () => {
    await put(at('in/a.jpg'), 'a')
    await mkdir(at('sorted'))
    await symlink(at('elsewhere'), at('sorted/ants'))
    const { acts, left } = await planned(disk)
    expect(acts).toEqual([])
    expect(left).toMatchObject([{ code: 'output.unwritable', parameters: { folder: at('sorted/ants') } }])
    await mkdir(at('elsewhere'))
    expect((await planned(disk)).acts).toMatchObject([{ to: at('sorted/ants/a.jpg') }])
  })
})

describe('a folder that is read-only', () => {
  /** As a disk that was mounted so: whoever asks is refused, root too. */
  const mounted = (readOnly: string): FileLayer => ({
    ...disk,
    requireWritable: (asked) =>
      asked.startsWith(readOnly) ? Promise.reject(systemError('EROFS', asked)) : disk.requireWritable(asked),
  })
  const planned = (files: FileLayer, given: FilingRequest) =>
    planFiling(files, { id: 'id', aside: at('aside'), own: [] }, given)

  it('is no target, and the list says so before anything is done', async () => {
    await put(at('in/a.jpg'), 'A')
    await mkdir(at('sorted'))
    await expect(planned(mounted(at('sorted')), request(['in/a.jpg']))).rejects.toThrow(
      code('disk.read-only'),
    )
  })

  it('gives copies and links, but nothing is moved out of it or tagged in it', async () => {
    await put(at('in/a.jpg'), 'A')
    const files = mounted(at('in'))
    expect((await planned(files, request(['in/a.jpg']))).acts).toHaveLength(1)
    expect((await planned(files, request(['in/a.jpg'], { how: 'link' }))).acts).toHaveLength(1)
    for (const how of ['move', 'keywords'] as const) {
      const { acts, left } = await planned(files, request(['in/a.jpg'], { how }))
      expect(acts).toEqual([])
      expect(left).toMatchObject([{ code: 'filing.read-only', parameters: { folder: at('in') } }])
    }
  })
})

describe('a target inside the folder of the photos', () => {
  it('is said in the list, and no photo there is filed onto itself', async () => {
    await put(at('in/a.jpg'), 'A')
    await put(at('in/sorted/ants/b.jpg'), 'B')
    const photos = ['in/a.jpg', 'in/sorted/ants/b.jpg']
    const plan = await filings.plan(request(photos, { how: 'move', target: at('in/sorted') }))
    expect(plan.inside).toBe(at('in'))
    expect(plan.left.map((it) => it.code)).toEqual(['filing.there-already'])
    await all(filings.file(plan.id))
    await all(filings.undo(plan.id))
    expect(await read('in/a.jpg')).toBe('A')
    expect((await filings.plan(request(['in/a.jpg']))).inside).toBeNull()
  })
})

describe('lists that nobody carried out', () => {
  it('are forgotten after a day, but never one that has touched a photo', async () => {
    await put(at('in/a.jpg'), 'A')
    const seen = await filings.plan(request(['in/a.jpg']))
    const done = await filings.plan(request(['in/a.jpg'], { target: at('other') }))
    await all(filings.file(done.id))
    const longAgo = Date.now() / 1000 - 25 * 3600
    for (const { id } of [seen, done]) await utimes(at('filings', id), longAgo, longAgo)
    await filings.plan(request(['in/a.jpg'], { target: at('third') }))
    expect(existsSync(at('filings', seen.id))).toBe(false)
    await expect(all(filings.file(seen.id))).rejects.toThrow(code('filing.missing'))
    expect((await filings.get(done.id)).done).toBe(1)
    expect(await all(filings.undo(done.id))).toMatchObject([{ state: 'undone' }])
  })
})
