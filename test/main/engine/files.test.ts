import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeAtomic, writeError } from '../../../src/main/engine/files.ts'
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
