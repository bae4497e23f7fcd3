import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import { writeAtomic } from '../../../src/main/engine/files.ts'
import { temporaryFolder } from '../../support/folder.ts'

const disk = vi.hoisted(() => ({ did: [] as string[] }))
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>()
  const named = (place: unknown) => path.basename(String(place)).replace(/\.thaw-.*/, ' unfinished')
  const open = async (...given: Parameters<typeof real.open>): Promise<FileHandle> => {
    const handle = await real.open(...given)
    const sync = handle.sync.bind(handle)
    return Object.assign(handle, {
      sync: () => {
        disk.did.push(`sync ${named(given[0])}`)
        return sync()
      },
    })
  }
  const rename: typeof real.rename = (from, to) => {
    disk.did.push(`rename to ${named(to)}`)
    return real.rename(from, to)
  }
  return { ...real, open, rename }
})

const folder = temporaryFolder()
beforeEach(() => void (disk.did.length = 0))

it('A file is on the disk before it takes its name, and its name before anybody goes on', async () => {
  await writeAtomic(folder.path('run.json'), ['{}'])
  const whole = ['sync run.json unfinished', 'rename to run.json']
  // Windows cannot bring a folder to the disk, and needs not to.
  if (process.platform !== 'win32') whole.push(`sync ${path.basename(folder.path())}`)
  expect(disk.did).toEqual(whole)
})

it('Nobody waits for the disk where a file can be made again', async () => {
  await writeAtomic(folder.path('thumbnail'), ['x'], { flush: false })
  expect(disk.did).toEqual(['rename to thumbnail'])
})
