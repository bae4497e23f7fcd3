import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import {
  makeFolder,
  removeTemporaries,
  renameOver,
  writeAtomic,
  writeError,
} from '../../../src/main/engine/files.ts'
import { ThawError } from '../../../src/shared/errors.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'thaw-files-'))
afterAll(() => {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})
const systemError = (code: string) => Object.assign(new Error(code), { code })

describe('writing a file whole', () => {
  const file = path.join(folder, 'file')

  it('puts text and bytes one after the other', async () => {
    await writeAtomic(file, ['a', Uint8Array.of(98), 'ㄱ'])
    expect(readFileSync(file, 'utf8')).toBe('abㄱ')
  })

  it('keeps what was there, and no leftovers, when its source fails half-way', async () => {
    writeFileSync(file, 'before')
    const failing = (function* () {
      yield 'new'
      throw new Error('no more')
    })()
    await expect(writeAtomic(file, failing)).rejects.toThrow('no more')
    expect(readFileSync(file, 'utf8')).toBe('before')
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('tells a full disk from any other failure', async () => {
    const full = (function* () {
      yield 'new'
      throw systemError('ENOSPC')
    })()
    await expect(writeAtomic(file, full)).rejects.toMatchObject({ code: 'disk.full', parameters: { file } })
    expect(readFileSync(file, 'utf8')).toBe('before')
  })

  it('says what cannot be written, and why', async () => {
    await expect(writeAtomic(path.join(folder, 'absent', 'x'), ['a'])).rejects.toMatchObject({
      code: 'output.unwritable',
    })
    mkdirSync(path.join(folder, 'taken'))
    await expect(writeAtomic(path.join(folder, 'taken'), ['a'])).rejects.toMatchObject({
      code: 'output.unwritable',
    })
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'taken'])
  })

  it('removes what a killed write of Thaw left in the folder, and nothing else', async () => {
    const place = path.join(folder, 'exports')
    mkdirSync(place)
    const kill = `
      const { writeAtomic } = await import(${JSON.stringify(pathToFileURL(path.resolve('src/main/engine/files.ts')).href)})
      const chunks = (function* () { yield 'half'; process.kill(process.pid, 'SIGKILL') })()
      await writeAtomic(${JSON.stringify(path.join(place, 'head.safetensors'))}, chunks)`
    const { signal, pid } = spawnSync(process.execPath, ['--input-type=module', '--eval', kill])
    expect(signal).toBe('SIGKILL')
    expect(readdirSync(place)).toEqual([`head.safetensors.thaw-${pid}-1.tmp`])
    // Another program's, and that of a process that still writes.
    const others = [`theirs.${pid}-1.tmp`, `other.pth.thaw-${process.pid}-900.tmp`]
    for (const name of others) writeFileSync(path.join(place, name), 'x')
    await writeAtomic(path.join(place, 'answers.csv'), ['a'])
    expect(readdirSync(place).toSorted()).toEqual([...others, 'answers.csv'].toSorted())
  })

  it('runs many at once without mixing them up', async () => {
    const files = Array.from({ length: 20 }, (_, i) => path.join(folder, 'taken', String(i % 5)))
    await Promise.all(files.map((name, i) => writeAtomic(name, [`${i}`.repeat(1000)])))
    for (const name of files)
      expect(new Set(readFileSync(name, 'utf8').match(/\d\d?/g)).size).toBeLessThanOrEqual(2)
    expect(readdirSync(path.join(folder, 'taken'))).toHaveLength(5)
  })
})

describe('a failed system call', () => {
  it('becomes a sentence where a person can do something about it', () => {
    expect(writeError(systemError('ENOSPC'), '/a/b')).toBeInstanceOf(ThawError)
    expect(writeError(systemError('EROFS'), '/a/b')).toMatchObject({
      code: 'disk.read-only',
      parameters: { folder: '/a' },
    })
    const other = systemError('EIO')
    expect(writeError(other, '/a/b')).toBe(other)
    expect(writeError('text', '/a/b')).toBe('text')
  })
})

describe('a rename onto what is there', () => {
  const failing = (times: number, code: string) => {
    let tried = 0
    const move = () => (++tried > times ? Promise.resolve() : Promise.reject(systemError(code)))
    return { move, tried: () => tried }
  }

  it('is tried again on Windows, where a virus scanner may hold the file', async () => {
    const { move, tried } = failing(2, 'EPERM')
    await renameOver('a', 'b', { platform: 'win32', move })
    expect(tried()).toBe(3)
  })

  it('is tried once where waiting helps nobody', async () => {
    for (const [platform, code] of [
      ['linux', 'EPERM'],
      ['win32', 'ENOSPC'],
    ] as const) {
      const { move, tried } = failing(1, code)
      await expect(renameOver('a', 'b', { platform, move })).rejects.toMatchObject({ code })
      expect(tried()).toBe(1)
    }
  })
})

it('What killed writes left is removed, and nothing else', async () => {
  const place = path.join(folder, 'left')
  mkdirSync(place)
  for (const name of [
    'best.safetensors.4711-3.tmp',
    'last.safetensors.thaw-4711-4.tmp',
    'mine.tmp',
    'run.json',
  ])
    writeFileSync(path.join(place, name), '')
  await removeTemporaries(place)
  expect(readdirSync(place).toSorted()).toEqual(['mine.tmp', 'run.json'])
  await removeTemporaries(path.join(folder, 'nowhere'))
})

it('A folder that cannot be made on a disk that can only be read is told as that, though Node calls it missing', async () => {
  const asked: string[] = []
  // What Node 24 does on a read-only mount of Linux.
  const make = ((place: string, options?: { recursive: boolean }) => {
    asked.push(place)
    return Promise.reject(systemError(options?.recursive ? 'ENOENT' : 'EROFS'))
  }) as never
  const wanted = path.join(folder, 'card', 'runs', 'one')
  await expect(makeFolder(wanted, make)).rejects.toMatchObject({
    code: 'disk.read-only',
    parameters: { folder: path.dirname(wanted) },
  })
  expect(asked).toEqual([wanted, path.join(folder, 'card')])
  await expect(makeFolder(path.join(folder, 'file', 'below'))).rejects.toMatchObject({
    code: 'output.unwritable',
  })
})
