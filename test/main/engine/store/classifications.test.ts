import { rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { About } from '../../../../src/main/engine/store/classifications.ts'
import { AnswerLog, readAbout } from '../../../../src/main/engine/store/classifications.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
let where = ''
let number = 0
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  where = folder.path(String((number += 1)))
})
afterEach(() => void vi.useRealTimers())

const photos = ['/p/1.jpg', '/p/2.jpg', '/p/3.jpg']
const about: About = {
  ...{
    format: 1,
    id: 'x',
    name: '',
    created: '2026-11-30T12:00:00.000Z',
    model: { run: 'r' },
    modelName: '',
  },
  ...{ how: { top: 5, mirrored: false, times: false }, classes: [], watch: [], finished: false, seconds: 0 },
}
const open = () => AnswerLog.open(where, 250, () => Promise.resolve({ about, photos }))
async function answer(log: AnswerLog, seconds: number): Promise<void> {
  vi.advanceTimersByTime(1000 * seconds)
  const index = log.count
  await log.add({ index, path: photos[index]!, top: [], error: null, distance: null, taken: null })
}

describe('the time that a classification has taken', () => {
  it('is that of every part of it, also of one that was stopped and one that was killed', async () => {
    const first = await open()
    await answer(first, 3)
    await first.close()
    const killed = await open()
    await answer(killed, 7)
    const last = await open()
    await answer(last, 2)
    expect(await last.finish()).toMatchObject({ photos: 3, seconds: 12 })
    await last.close()
    expect(await readAbout(where)).toMatchObject({ finished: true, seconds: 12 })
    await killed.close()
  })

  it('brings nothing of a removed one back', async () => {
    const log = await open()
    await answer(log, 9)
    await rm(where, { recursive: true })
    await log.close()
    expect(existsSync(where)).toBe(false)
  })
})
