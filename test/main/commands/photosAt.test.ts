import path from 'node:path'
import { expect, test } from 'vitest'
import { photosAt } from '../../../src/main/commands/photosAt.ts'
import { put } from '../../support/folder.ts'
import { testFolder } from '../../support/engine/host.ts'

const never = new AbortController().signal

async function holiday(filed: string) {
  const folder = await testFolder()
  for (const photo of ['a.jpg', 'sub/b.jpg', `${filed}/bees/c.jpg`]) await put(path.join(folder, photo), 'x')
  const found = async (filedTo?: string) =>
    (await photosAt([folder], filedTo, never)).map((photo) => path.relative(folder, photo))
  return { folder, found }
}

test.each(['sorted', 'sub/sorted'])(
  'Photos that were filed into %s within the folder are none of those meant',
  async (filed) => {
    const { folder, found } = await holiday(filed)
    expect(await found(path.join(folder, filed))).toEqual(['a.jpg', 'sub/b.jpg'])
    expect(await found()).toHaveLength(3)
  },
)

test('Where the folder itself, or one around it, is filed into, all its photos are meant', async () => {
  const { folder, found } = await holiday('sorted')
  expect(await found(folder)).toHaveLength(3)
  expect(await found(path.dirname(folder))).toHaveLength(3)
})
