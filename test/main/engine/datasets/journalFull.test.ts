import { expect, test, vi } from 'vitest'
import { Journal } from '../../../../src/main/engine/datasets/journal.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const disk = vi.hoisted(() => ({ isFull: false }))
vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>()
  const writeFileSync: typeof fs.writeFileSync = (...parameters) => {
    if (disk.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    fs.writeFileSync(...parameters)
  }
  return { ...fs, writeFileSync }
})

const folder = temporaryFolder()

test('A full disk is told with the journal’s name, whether the line or its lock has no room', async () => {
  const journal = await Journal.open(folder.path('a.journal'))
  disk.isFull = true
  const act = () => ({ kind: 'undo', of: 1 }) as const
  await expect(journal.append(act)).rejects.toMatchObject({
    code: 'disk.full',
    parameters: { file: folder.path('a.journal') },
  })
  disk.isFull = false
  expect(await journal.append(act)).toMatchObject({ n: 1 })
})
