import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeAtomic } from '../../../../src/main/engine/files.ts'
import { savedWeights, saveLastAsBest } from '../../../../src/main/engine/training/saveNetwork.ts'

describe('the last weights, where the last epoch was the best', () => {
  let folder = ''
  const textOf = (which: 'best' | 'last') => readFile(savedWeights(folder, which), 'utf8')

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'thaw-save-'))
    await writeFile(savedWeights(folder, 'best'), 'weights')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('are the best ones, and nothing else is left in the folder', async () => {
    await saveLastAsBest(folder)
    expect(await textOf('last')).toBe('weights')
    expect((await readdir(folder)).toSorted()).toEqual(['best.safetensors', 'last.safetensors'])
  })

  it('take the place of older ones, also when done twice', async () => {
    await writeFile(savedWeights(folder, 'last'), 'older')
    await saveLastAsBest(folder)
    await saveLastAsBest(folder)
    expect(await textOf('last')).toBe('weights')
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('stay as they are when the best ones are replaced later', async () => {
    await saveLastAsBest(folder)
    await writeAtomic(savedWeights(folder, 'best'), ['better'])
    expect(await textOf('last')).toBe('weights')
  })
})
