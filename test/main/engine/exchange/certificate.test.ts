import { expect, it } from 'vitest'
import {
  distanceOf,
  fileDistance,
  isGood,
  largestOf,
} from '../../../../src/main/engine/exchange/certificate.ts'

const logits = (...rows: number[][]) => rows.map((row) => Float32Array.from(row))

it('tells the largest difference of any logit, and how many answers changed', () => {
  const distance = distanceOf(logits([1, 2], [3, 1]), logits([1, 2.5], [0.5, 1]))
  expect(distance).toEqual({ largestLogitDifference: 2.5, changedAnswers: 1 })
})

it('calls nothing good that differs by more than a thousandth, or is no number', () => {
  expect(isGood(distanceOf(logits([1, 2]), logits([1.0009, 2])))).toBe(true)
  expect(isGood(distanceOf(logits([1, 2]), logits([1.002, 2])))).toBe(false)
  const none = distanceOf(logits([1, 2]), logits([Number.NaN, 2]))
  expect(isGood(none)).toBe(false)
  expect(JSON.parse(JSON.stringify(none))).toEqual(none)
})

it('sees the largest logit by its size, whatever its sign', () => {
  expect(largestOf(logits([1, 2], [-3, 1]))).toBe(3)
})

it('counts only photos that the other decoder reads', () => {
  const [first, second] = logits([1, 2], [3, 1])
  expect(fileDistance([first!, second!], [null, second!])).toMatchObject({
    photos: 1,
    largestLogitDifference: 0,
    changedAnswers: 0,
  })
  expect(fileDistance([first!], [null])).toBeNull()
})
