import { statSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disk } from '../../../../src/main/engine/filing/fileLayer.ts'
import { dayOf } from '../../../../src/main/engine/filing/day.ts'
import type { ActOutcome } from '../../../../src/main/engine/filing/filing.ts'
import { Filing, storePlan } from '../../../../src/main/engine/filing/filing.ts'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import type { How } from '../../../../src/shared/api/filing.ts'
import { MemoryDisk, systemError } from '../../../support/filing/memoryDisk.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

/** A folder on another disk than temporary files, where this system has one. */
const otherDisk = ['/dev/shm', process.env['HOME'] ?? '/'].find((folder) => {
  try {
    return statSync(folder).dev !== statSync(tmpdir()).dev
  } catch {
    return false
  }
})

describe('onto another disk', () => {
  const folder = temporaryFolder()
  let other = ''
  beforeAll(async () => {
    if (otherDisk !== undefined) other = await mkdtemp(path.join(otherDisk, 'thaw-'))
  })
  afterAll(() => rm(other, { recursive: true, force: true }))

  it.skipIf(otherDisk === undefined)(
    'photos are moved whole, with times and permissions, and back',
    async () => {
      const file = await put(folder.path('in/a.jpg'), 'photo')
      await utimes(file, 1_500_000_000, 1_400_000_000.5)
      await chmod(file, 0o440)
      const filings = new Filings(folder.path('filings'))
      const plan = await filings.plan({
        ...{
          photos: [{ file, class: 'bee' }],
          how: 'move',
          target: other,
          pattern: '{class}/{name}',
          clash: 'skip',
        },
        dayOf: () => Promise.resolve(''),
      })
      expect(plan.needs).toBe(5)
      const steps: ActOutcome[] = []
      for await (const outcome of filings.file(plan.id)) steps.push(outcome)
      expect(steps).toMatchObject([{ state: 'done' }])
      const moved = path.join(other, 'bee/a.jpg')
      expect(await readFile(moved, 'utf8')).toBe('photo')
      expect(await stat(moved)).toMatchObject({ mtimeMs: 1_400_000_000_500 })
      expect((await stat(moved)).mode & 0o777).toBe(0o440)
      await expect(stat(file)).rejects.toThrow('ENOENT')
      for await (const { state } of filings.undo(plan.id)) expect(state).toBe('undone')
      expect(await readFile(file, 'utf8')).toBe('photo')
      expect(await stat(file)).toMatchObject({ mtimeMs: 1_400_000_000_500 })
      await expect(stat(path.join(other, 'bee'))).rejects.toThrow('ENOENT')
    },
  )

  it.each<How>(['copy', 'move', 'link'])(
    '%s fails at nothing where the disks fail at nothing',
    async (act) => {
      const disk = new MemoryDisk()
      for (const made of ['/one', '/two', '/data']) await disk.makeFolder(made)
      await disk.write('/one/a.jpg', Buffer.from('photo'))
      const { modified } = (await disk.facts('/one/a.jpg'))!
      const one = { act, from: '/one/a.jpg', to: '/two/bee/a.jpg', bytes: 5, modified, renamed: false }
      await storePlan(
        '/data/filing',
        {
          format: 1,
          id: 'id',
          created: '',
          how: act,
          target: '/two',
          pattern: '',
          acts: [one],
          left: [],
          needs: 0,
          free: 0,
          inside: null,
        },
        disk,
      )
      const filing = await Filing.open('/data/filing', { files: disk })
      for await (const { state } of filing.run()) expect(state).toBe('done')
      expect((await disk.facts('/two/bee/a.jpg'))?.kind).toBe(act === 'link' ? 'link' : 'file')
      expect(await disk.facts('/one/a.jpg')).toEqual(act === 'move' ? undefined : expect.anything())
    },
  )

  it('a photo on a disk that can only be read stays there whole, its disk is named, and no copy is left', async () => {
    const disk = new MemoryDisk()
    for (const made of ['/card', '/two', '/data']) await disk.makeFolder(made)
    await disk.write('/card/a.jpg', Buffer.from('photo'))
    const { modified } = (await disk.facts('/card/a.jpg'))!
    disk.remove = ((remove) => (file: string) =>
      file.startsWith('/card/') ? Promise.reject(systemError('EROFS', file)) : remove(file))(disk.remove)
    const one = {
      ...{
        act: 'move' as const,
        from: '/card/a.jpg',
        to: '/two/bee/a.jpg',
        bytes: 5,
        modified,
        renamed: false,
      },
    }
    const plan = {
      format: 1 as const,
      id: 'id',
      created: '',
      how: 'move' as const,
      target: '/two',
      pattern: '',
    }
    await storePlan('/data/filing', { ...plan, acts: [one], left: [], needs: 5, free: 9, inside: null }, disk)
    const filing = await Filing.open('/data/filing', { files: disk })
    const outcomes: ActOutcome[] = []
    for await (const outcome of filing.run()) outcomes.push(outcome)
    expect(outcomes).toMatchObject([{ state: 'failed', reason: { code: 'disk.read-only' } }])
    expect(outcomes[0]!.reason!.message).toContain('“/card”')
    expect(await disk.read('/card/a.jpg')).toEqual(Buffer.from('photo'))
    expect(await disk.facts('/two/bee/a.jpg')).toBeUndefined()
  })
})

it('times from before 1970 are kept, as scans of old photos have them', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'thaw-old-'))
  const file = await put(path.join(folder, 'a.jpg'), 'photo')
  await disk.setTimes(file, { accessed: -304_800_894_000, modified: -304_800_894_322 })
  expect(await disk.facts(file)).toMatchObject({ modified: -304_800_894_322, accessed: -304_800_894_000 })
  await rm(folder, { recursive: true })
})

describe('a disk that is away', () => {
  const one = {
    act: 'move' as const,
    from: '/card/in/a.jpg',
    to: '/card/out/a.jpg',
    bytes: 5,
    renamed: false,
  }
  const about = {
    format: 1 as const,
    id: 'id',
    created: '',
    how: 'move' as const,
    target: '/card',
    pattern: '',
  }

  /** A filing that was cut off behind its first act, whose line is missing. */
  async function cutOff(disk: MemoryDisk): Promise<() => Promise<Filing>> {
    for (const made of ['/card', '/card/in', '/data']) await disk.makeFolder(made)
    await disk.write('/card/in/a.jpg', Buffer.from('photo'))
    const { modified } = (await disk.facts('/card/in/a.jpg'))!
    const acts = [{ ...one, modified }]
    await storePlan('/data/filing', { ...about, acts, left: [], needs: 0, free: 9, inside: null }, disk)
    const open = () => Filing.open('/data/filing', { files: disk })
    for await (const { state } of (await open()).run()) expect(state).toBe('done')
    const journal = (await disk.read('/data/filing/journal.jsonl')).toString()
    await disk.remove('/data/filing/journal.jsonl')
    await disk.append('/data/filing/journal.jsonl', journal.slice(0, journal.indexOf('{"step":"done"')))
    return open
  }

  it('leaves what was cut off in doubt until it is there again, and nothing is entered of it', async () => {
    const disk = new MemoryDisk()
    const open = await cutOff(disk)
    const card = [...disk.nodes].filter(([file]) => file.startsWith('/card'))
    for (const [file] of card) disk.nodes.delete(file)
    const away = await open()
    await away.settle()
    expect(away.outcomes).toMatchObject([{ state: 'begun' }])
    for (const [file, node] of card) disk.nodes.set(file, node)
    const back = await open()
    await back.settle()
    expect(back.outcomes).toMatchObject([{ state: 'done' }])
    for await (const { state } of back.undo()) expect(state).toBe('undone')
    expect(await disk.read('/card/in/a.jpg')).toEqual(Buffer.from('photo'))
  })
})

/** A filing of one copy, onto a disk that answers with this code. */
async function copyingOnto(code: string): Promise<Filing> {
  const disk = new MemoryDisk()
  for (const made of ['/one', '/two', '/data']) await disk.makeFolder(made)
  await disk.write('/one/a.jpg', Buffer.from('photo'))
  disk.copy = (from, to) => Promise.reject(Object.assign(systemError(code, from), { dest: to }))
  const { modified } = (await disk.facts('/one/a.jpg'))!
  const one = {
    act: 'copy' as const,
    from: '/one/a.jpg',
    to: '/two/a.jpg',
    bytes: 5,
    modified,
    renamed: false,
  }
  const about = {
    format: 1 as const,
    id: 'id',
    created: '',
    how: 'copy' as const,
    target: '/two',
    pattern: '',
  }
  await storePlan('/data/filing', { ...about, acts: [one], left: [], needs: 5, free: 9, inside: null }, disk)
  return Filing.open('/data/filing', { files: disk })
}

it('a full disk is named by what found no room there, not by the photo that was read', async () => {
  const filing = await copyingOnto('ENOSPC')
  const run = async () => {
    for await (const outcome of filing.run()) expect(outcome).toBeUndefined()
  }
  await expect(run()).rejects.toThrow(/“\/two\//)
})

it('what a disk answers that nobody has a sentence for fails that photo alone, with its code', async () => {
  const outcomes: ActOutcome[] = []
  for await (const outcome of (await copyingOnto('EIO')).run()) outcomes.push(outcome)
  expect(outcomes).toMatchObject([{ state: 'failed', reason: { code: 'filing.failed' } }])
  expect(outcomes[0]!.reason!.message).toContain('EIO')
})

describe('the day a photo was taken', () => {
  const folder = temporaryFolder()

  it('is the camera’s, in its own time', async () => {
    const { exiftool } = await import('exiftool-vendored')
    const file = await put(folder.path('a.jpg'), await jpeg({ r: 1, g: 2, b: 3 }))
    await exiftool.write(
      file,
      { DateTimeOriginal: '2019:12:31 23:59:59' },
      {
        writeArgs: ['-overwrite_original'],
      },
    )
    await exiftool.end()
    expect(await dayOf(file)).toBe('2019-12-31')
  })

  it('is its file’s where no camera wrote one, and for what is no photo', async () => {
    for (const file of [
      await put(folder.path('b.jpg'), await jpeg({ r: 1, g: 2, b: 3 })),
      await put(folder.path('c.jpg'), 'no photo'),
    ]) {
      await utimes(file, new Date(2021, 4, 6, 12), new Date(2021, 4, 6, 12))
      expect(await dayOf(file)).toBe('2021-05-06')
    }
  })
})
