import { beforeEach, describe, expect, it } from 'vitest'
import { copyFile, moveFile, settleCopy, settleMove } from '../../../../src/main/engine/filing/transfer.ts'
import { MemoryDisk } from '../../../support/filing/memoryDisk.ts'

const transfer = {
  ...{ from: '/one/a.jpg', to: '/two/a.jpg', part: '/two/.id-0.part.jpg', bytes: 5, mayLose: false },
}
let disk: MemoryDisk

beforeEach(async () => {
  disk = new MemoryDisk()
  for (const made of ['/one', '/two']) await disk.makeFolder(made)
})

const put = (file: string, text: string) => disk.write(file, Buffer.from(text))
const read = async (file: string) => ((await disk.facts(file)) ? String(await disk.read(file)) : undefined)
const left = async () => [await read(transfer.from), await read(transfer.to), await read(transfer.part)]

describe('a copy that the disk wrote wrongly without a word', () => {
  /** Of five bytes the third is another one. */
  const lying = () => {
    const copy = disk.copy.bind(disk)
    disk.copy = async (from, to) => {
      await copy(from, to)
      await disk.remove(to)
      await disk.write(to, Buffer.from('phXto'))
    }
  }

  it.each([
    ['is no copy', copyFile, settleCopy],
    ['is no move either', moveFile, settleMove],
  ])('%s: the photo stays, and nothing is left of it', async (_, transferFile, settle) => {
    await put(transfer.from, 'photo')
    lying()
    disk.rename = () => Promise.reject(Object.assign(new Error('other disk'), { code: 'EXDEV' }))
    await expect(transferFile(disk, transfer)).rejects.toMatchObject({
      code: 'filing.copy-differs',
      parameters: { file: transfer.from },
    })
    expect(await settle(disk, transfer)).toMatchObject({ happened: false })
    expect(await left()).toEqual(['photo', undefined, undefined])
  })
})

describe('a move that was cut off', () => {
  it('before its copy was whole has not happened, and leaves no part and no empty name', async () => {
    await put(transfer.from, 'photo')
    await put(transfer.to, '')
    await put(transfer.part, 'pho')
    expect(await settleMove(disk, transfer)).toEqual({ happened: false })
    expect(await left()).toEqual(['photo', undefined, undefined])
  })

  it('with both in place removes the old one', async () => {
    await put(transfer.from, 'photo')
    await put(transfer.to, 'photo')
    expect(await settleMove(disk, transfer)).toMatchObject({ happened: true })
    expect(await left()).toEqual([undefined, 'photo', undefined])
  })

  it('removes nothing where the new place holds another photo, of the same size too', async () => {
    await put(transfer.from, 'photo')
    await put(transfer.to, 'other')
    expect(await settleMove(disk, transfer)).toEqual({ happened: false })
    expect(await left()).toEqual(['photo', 'other', undefined])
  })

  it('with the photo in neither place says so', async () => {
    await put(transfer.to, 'cut')
    await expect(settleMove(disk, transfer)).rejects.toMatchObject({ code: 'photo.missing' })
    expect(await left()).toEqual([undefined, 'cut', undefined])
  })
})

describe('a copy that was cut off', () => {
  it('has happened where the copy is the photo, and has not where it is another one', async () => {
    await put(transfer.from, 'photo')
    await put(transfer.to, 'photo')
    await put(transfer.part, 'pho')
    expect(await settleCopy(disk, transfer)).toMatchObject({ happened: true })
    await disk.remove(transfer.to)
    await put(transfer.to, 'other')
    expect(await settleCopy(disk, transfer)).toEqual({ happened: false })
    expect(await left()).toEqual(['photo', 'other', undefined])
  })
})
