import { truncate, utimes } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { PhotoHashes } from '../../../../src/main/engine/bank/photoHashes.ts'
import { sha256Of } from '../../../../src/main/engine/checksum.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

async function photos(name: string, count: number): Promise<string[]> {
  const files: string[] = []
  for (let i = 0; i < count; i += 1) {
    const file = await put(folder.path(name, `${i}.jpg`), `photo ${i}`)
    await utimes(file, 1_500_000_000, 1_500_000_000)
    files.push(file)
  }
  return files
}

describe('identifying photos', () => {
  it('answers to cancel between photos, keeps what it has found, and goes on from there', async () => {
    const files = await photos('many', 40)
    const hashes = await PhotoHashes.open(folder.path('store'))
    const controller = new AbortController()
    let asked = 0
    // The eleventh photo that is looked at is where the person cancels.
    const watched = new Proxy(files, {
      get: (target, key, receiver) => {
        if (key === 'slice' && (asked += 1) === 3) controller.abort()
        return Reflect.get(target, key, receiver) as unknown
      },
    })
    await expect(hashes.of(watched, controller.signal)).rejects.toMatchObject({ code: 'cancelled' })
    await hashes.save()
    const again = await PhotoHashes.open(folder.path('store'))
    expect(await again.of(files)).toEqual(await Promise.all(files.map((file) => sha256Of(file))))
  })

  it('answers to cancel within a file too', async () => {
    const file = await put(folder.path('large'), '')
    await truncate(file, 2 ** 31)
    const controller = new AbortController()
    const hashing = sha256Of(file, controller.signal)
    controller.abort()
    await expect(hashing).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('leaves a photo that is gone without a hash', async () => {
    const [file] = await photos('one', 1)
    const hashes = await PhotoHashes.open(folder.path('store'))
    expect(await hashes.of([folder.path('nowhere'), file!])).toEqual([undefined, await sha256Of(file!)])
  })
})
