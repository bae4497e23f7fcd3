import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { imagenetLabels } from '../../src/main/engine/classify/labels.ts'
import { describeGolden, sharedFolder } from '../support/golden.ts'

type Index = Record<string, [id: string, english: string, korean?: string]>
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Index

describeGolden('ImageNet’s labels', () => {
  const ours = read(new URL('../../assets/imagenet-classes.json', import.meta.url).pathname)
  const theirs = read(path.join(sharedFolder, 'data', 'imagenet_class_index.json'))

  it('are the thousand of the published index, each with a Korean name', () => {
    expect(Object.keys(ours)).toEqual(Object.keys(theirs))
    for (const [key, [id, english, korean]] of Object.entries(ours)) {
      expect([id, english]).toEqual(theirs[key])
      expect(korean, english).toMatch(/\p{Script=Hangul}/u)
    }
  })

  it('come in the order of a network’s output', async () => {
    const labels = await imagenetLabels()
    expect(labels).toHaveLength(1000)
    expect(labels[309]).toBe('bee')
  })
})
