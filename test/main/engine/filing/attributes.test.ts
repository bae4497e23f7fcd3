import { statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { getAttribute, removeAttribute, setAttribute } from '@napi-rs/xattr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attributesOf, keepsAttributes } from '../../../../src/main/engine/filing/attributes.ts'
import type { ActOutcome } from '../../../../src/main/engine/filing/filing.ts'
import { Filing, storePlan } from '../../../../src/main/engine/filing/filing.ts'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import type { How } from '../../../../src/shared/api/filing.ts'
import { planFiling } from '../../../../src/main/engine/filing/plan.ts'
import { MemoryDisk } from '../../../support/filing/memoryDisk.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

/** Where attributes can be stored: not on Windows, and not on every disk of Linux. */
const keeps = async (folder: string): Promise<boolean> => {
  if (process.platform === 'win32') return false
  const file = await put(path.join(folder, 'probe'), '')
  const kept = await setAttribute(file, 'user.probe', 'x').then(
    () => true,
    () => false,
  )
  await rm(file)
  return kept
}

describe('what file managers store beside a photo', () => {
  const folder = temporaryFolder()
  let other = ''
  let isKept = false
  beforeAll(async () => {
    const elsewhere = ['/dev/shm', process.env['HOME'] ?? '/'].find((it) => {
      const about = statSync(it, { throwIfNoEntry: false })
      return about !== undefined && about.dev !== statSync(tmpdir()).dev
    })
    other = await mkdtemp(path.join(elsewhere ?? tmpdir(), 'thaw-'))
    isKept = (await keeps(tmpdir())) && (await keeps(other))
  })
  afterAll(() => rm(other, { recursive: true, force: true }))

  const tags = 'user.xdg.tags'
  const read = async (file: string): Promise<string | undefined> =>
    (await getAttribute(file, tags))?.toString()

  async function filed(how: How) {
    const file = await put(folder.path(`${how}.jpg`), await jpeg({ r: 1, g: 2, b: 3 }))
    await setAttribute(file, tags, '서울,trip')
    const filings = new Filings(folder.path('filings'))
    const plan = await filings.plan({
      ...{ photos: [{ file, class: 'bee' }], how, target: other, pattern: '{class}/{name}', clash: 'skip' },
      prefix: ['Thaw'],
      dayOf: () => Promise.resolve(''),
    })
    for await (const { state } of filings.file(plan.id)) expect(state).toBe('done')
    return { file, undo: () => filings.undo(plan.id), to: path.join(other, 'bee', `${how}.jpg`) }
  }

  it('goes along with a copy, and with a move onto another disk and back', async ({ skip }) => {
    skip(!isKept)
    const copied = await filed('copy')
    expect([await read(copied.file), await read(copied.to)]).toEqual(['서울,trip', '서울,trip'])
    const moved = await filed('move')
    expect(await read(moved.to)).toBe('서울,trip')
    for await (const { state } of moved.undo()) expect(state).toBe('undone')
    expect(await read(moved.file)).toBe('서울,trip')
  })

  it('stays when keywords are written into the photo, and when they are taken back', async ({ skip }) => {
    skip(!isKept)
    const { file, undo } = await filed('keywords')
    expect(await read(file)).toBe('서울,trip')
    await setAttribute(file, tags, 'later')
    for await (const { state } of undo()) expect(state).toBe('undone')
    expect(await read(file)).toBe('later')
  })

  it('is named without what a system gives to files by their place, and not at all once it is gone', async ({
    skip,
  }) => {
    skip(!isKept)
    const file = await put(folder.path('named.jpg'), 'photo')
    expect(await attributesOf(file)).toEqual([])
    await setAttribute(file, 'user.b', '')
    await setAttribute(file, 'user.a', 'x')
    expect(await attributesOf(file)).toEqual(['user.a', 'user.b'])
    await removeAttribute(file, 'user.a')
    expect(await attributesOf(file)).toEqual(['user.b'])
    await expect(attributesOf(folder.path('none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it.skipIf(process.platform !== 'linux')(
    'is not certain to be kept where nothing can be stored',
    async () => {
      expect(await keepsAttributes('/proc')).toBe(false)
    },
  )
})

describe('a disk that keeps none', () => {
  /** Two photos on one disk, one of them with tags, and the list that files them onto such a disk. */
  async function prepared(how: 'copy' | 'move') {
    const disk = new MemoryDisk()
    for (const made of ['/one', '/fat', '/data']) await disk.makeFolder(made)
    for (const name of ['tagged', 'plain']) await disk.write(`/one/${name}.jpg`, Buffer.from(name))
    disk.nodes.get('/one/tagged.jpg')!.attributes.set('user.xdg.tags', 'trip')
    const plan = await planFiling(
      disk,
      { id: 'id', aside: '/data/filing/replaced', own: [] },
      {
        photos: ['tagged', 'plain'].map((name) => ({ file: `/one/${name}.jpg`, class: 'bee' })),
        ...{ how, target: '/fat', pattern: '{class}/{name}', clash: 'skip' },
        dayOf: () => Promise.resolve(''),
      },
    )
    return { disk, plan }
  }

  async function carriedOut(disk: MemoryDisk, plan: Awaited<ReturnType<typeof planFiling>>) {
    await storePlan('/data/filing', plan, disk)
    const outcomes: ActOutcome[] = []
    for await (const outcome of (await Filing.open('/data/filing', { files: disk })).run())
      outcomes.push(outcome)
    return outcomes
  }

  it.each(['copy', 'move'] as const)(
    'the list says before what a %s may lose, and then it is done',
    async (how) => {
      const { disk, plan } = await prepared(how)
      expect(plan.acts.map(({ from, lost }) => [from, lost])).toEqual([
        ['/one/tagged.jpg', ['user.xdg.tags']],
        ['/one/plain.jpg', undefined],
      ])
      expect(await carriedOut(disk, plan)).toMatchObject([{ state: 'done' }, { state: 'done' }])
    },
  )

  it('what the list did not tell of is not lost: such a photo stays, and the others are filed', async () => {
    const { disk, plan } = await prepared('move')
    const acts = plan.acts.map((act) => ({ ...act, lost: undefined }))
    expect(await carriedOut(disk, { ...plan, acts })).toMatchObject([
      { state: 'failed', reason: { code: 'filing.attributes', parameters: { file: '/one/tagged.jpg' } } },
      { state: 'done' },
    ])
    expect(disk.nodes.get('/one/tagged.jpg')?.attributes.get('user.xdg.tags')).toBe('trip')
    expect([...disk.nodes.keys()].filter((file) => file.startsWith('/fat'))).toEqual([
      '/fat',
      '/fat/bee',
      '/fat/bee/plain.jpg',
    ])
  })
})
