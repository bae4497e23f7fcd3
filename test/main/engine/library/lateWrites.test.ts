import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { LateWrites } from '../../../../src/main/engine/library/lateWrites.ts'
import { testFolder } from '../../../support/engine/host.ts'

test('A file is there for who asks before it is on the disk, and is written once nobody waits', async () => {
  const folder = await testFolder()
  const file = path.join(folder, 'new', 'a.jpg')
  const idle = Promise.withResolvers<undefined>()
  const late = new LateWrites(async () => idle.promise)
  late.add(file, Buffer.from('a'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(existsSync(file)).toBe(false)
  expect(late.get(file)?.toString()).toBe('a')
  idle.resolve(undefined)
  await expect.poll(() => late.get(file)).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe('a')
})

test('What is added while others are written is written too, and closing waits for all', async () => {
  const folder = await testFolder()
  const files = ['a', 'b', 'c'].map((name) => path.join(folder, name))
  const late = new LateWrites(() => Promise.resolve())
  for (const file of files) late.add(file, Buffer.from(file))
  await late.close()
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(files)
})

test('What cannot be written stops nothing, and of what does not fit any more nothing is kept', async () => {
  const folder = await testFolder()
  writeFileSync(path.join(folder, 'taken'), '')
  const late = new LateWrites(() => Promise.resolve())
  late.add(path.join(folder, 'taken', 'a.jpg'), Buffer.from('a'))
  for (let i = 0; i < 600; i += 1) late.add(path.join(folder, String(i)), Buffer.from('b'))
  expect(late.get(path.join(folder, '10'))).toBeDefined()
  expect(late.get(path.join(folder, '550'))).toBeUndefined()
  await late.close()
  expect(existsSync(path.join(folder, '10'))).toBe(true)
})
