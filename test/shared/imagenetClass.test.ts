import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { imagenetClassOf } from '../../src/shared/imagenetClass.ts'
import type { ImagenetIndex } from '../../src/shared/imagenetClass.ts'

const file = new URL('../../assets/imagenet-classes.json', import.meta.url)
const index = JSON.parse(readFileSync(file, 'utf8')) as ImagenetIndex

it('A class is ImageNet’s where its name stands at its number, and nowhere else', () => {
  const english = index['0']![1]
  expect(imagenetClassOf(index, { index: 0, class: english })).toBe(index['0'])
  expect(imagenetClassOf(index, { index: 1, class: english })).toBeUndefined()
  expect(imagenetClassOf(index, { index: 0, class: 'bees' })).toBeUndefined()
  expect(imagenetClassOf(index, { index: 5000, class: english })).toBeUndefined()
})

it('Two classes of one English name are told apart by their number', () => {
  const cranes = Object.keys(index).filter((number) => index[number]![1] === 'crane')
  const found = cranes.map((number) => imagenetClassOf(index, { index: Number(number), class: 'crane' })![2])
  expect(new Set(found).size).toBe(2)
})
