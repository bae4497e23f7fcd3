import path from 'node:path'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { LibraryHandlers } from '../../../../src/main/engine/library/context.ts'
import { openLibrary } from '../../../../src/main/engine/library/open.ts'
import { PhotoQuery } from '../../../../src/shared/api/datasets.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'
import { put } from '../../../support/folder.ts'
import { testFolder } from '../../../support/engine/host.ts'

const context = { signal: new AbortController().signal, progress: () => undefined }

/** A photo unlike all others, taken so many seconds after noon. */
const takenAt = (seconds: number, seed: number) => {
  const noise = Buffer.from(
    Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * i * seed * 37 + i * 71 * seed) % 256),
  )
  const time = `2026:05:01 12:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  return sharp(noise, { raw: { width: 8, height: 6, channels: 3 } })
    .resize(64, 48, { kernel: 'cubic' })
    .withExif({ IFD0: { Make: 'Fujifilm', Model: 'X-T4' }, IFD2: { DateTimeOriginal: time } })
    .jpeg()
    .toBuffer()
}

/** Two classes; the first three ants are one burst. */
async function aBurst() {
  const home = await testFolder()
  const folder = path.join(home, 'photos')
  const times = { ants: [0, 4, 8, 600, 700], bees: [1000, 1100, 1200, 1300, 1400] }
  for (const [name, seconds] of Object.entries(times))
    for (const [i, at] of seconds.entries())
      await put(
        path.join(folder, name, `${i}.jpg`),
        await takenAt(at, 3 + i * 2 + (name === 'bees' ? 20 : 0)),
      )
  const { handlers, close } = await openLibrary({ home, cache: path.join(home, 'cache') }, () => undefined)
  onTestFinished(close)
  const call = async <M extends keyof LibraryHandlers>(name: M, input: Parameters<LibraryHandlers[M]>[0]) =>
    (await (handlers[name] as (input: unknown, given: typeof context) => unknown)(input, context)) as Awaited<
      ReturnType<LibraryHandlers[M]>
    >
  const { id } = await call('datasets.add', { folder })
  const parts = async () => {
    const { photos } = await call('datasets.photos', {
      ...PhotoQuery.parse({ dataset: id }),
      offset: 0,
      limit: 200,
    })
    return new Map(photos.map((photo) => [photo.path, photo.split]))
  }
  return { folder, call, id, parts }
}

describe('a burst', () => {
  const burst = ['ants/0.jpg', 'ants/1.jpg', 'ants/2.jpg']

  it('moves to another part as a whole, whichever photo of it is moved; the act says how many came along, and undo takes all back', async () => {
    const { call, id, parts } = await aBurst()
    const before = await parts()
    const photos = ['ants/1.jpg', 'ants/4.jpg']
    expect(await call('datasets.together', { dataset: id, photos })).toEqual({
      photos: [...burst, 'ants/4.jpg'],
    })
    const moved = await call('datasets.decide', { dataset: id, photos, act: { type: 'part', part: 'test' } })
    expect(moved.photos).toEqual([...burst, 'ants/4.jpg'])
    expect(moved.summary).toEqual({
      code: 'partedTogether',
      parameters: { count: 4, part: 'test', along: 2 },
    })
    const after = await parts()
    expect([...burst, 'ants/4.jpg'].map((it) => after.get(it))).toEqual(Array(4).fill('test'))
    expect([...after].filter(([it, part]) => part !== before.get(it))).toHaveLength(4)
    await call('datasets.undo', { dataset: id })
    expect(await parts()).toEqual(before)
  })

  it('stays whole when another photo of it comes later', async () => {
    const { folder, call, id, parts } = await aBurst()
    for (const part of ['val', 'test', 'train'] as const) {
      await call('datasets.decide', { dataset: id, photos: ['ants/0.jpg'], act: { type: 'part', part } })
      await put(path.join(folder, 'ants', `${part}.jpg`), await takenAt(12, 60))
      await call('datasets.rescan', { dataset: id })
      const found = await parts()
      expect([...burst, `ants/${part}.jpg`].map((it) => found.get(it))).toEqual(Array(4).fill(part))
      expect((await call('datasets.groups', { dataset: id })).leaks).toEqual([])
    }
  })

  it('stays whole where the pattern takes too long on the name of another photo that comes later, and that is told', async () => {
    const { folder, call, id, parts } = await aBurst()
    const rules = GroupRules.parse({ burstSeconds: 0, pattern: '^((?:\\w+)+)\\.jpg$' })
    await call('datasets.decide', { dataset: id, photos: [], act: { type: 'groups', rules } })
    const asked = () => call('datasets.groups', { dataset: id })
    const [before, names] = [await asked(), (await parts()).size]
    expect(before.slowNames).toBe(0)
    await put(path.join(folder, 'ants', `${'a'.repeat(60)}!.jpg`), await takenAt(12, 60))
    await call('datasets.rescan', { dataset: id })
    expect(await asked()).toMatchObject({ groups: before.groups, grouped: before.grouped, slowNames: 1 })
    expect((await parts()).size).toBe(names + 1)
  })
})
