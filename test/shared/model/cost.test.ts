import { expect, test } from 'vitest'
import { RunConfig } from '../../../src/shared/config.ts'
import { largestBatch, peakBytes } from '../../../src/shared/model/cost.ts'
import { onPhotosOf, withClasses } from '../../../src/shared/model/layers.ts'
import { resolvePlan } from '../../../src/shared/model/plan.ts'
import { namedPlan, networkOf } from '../../../src/shared/model/registry.ts'

const network = withClasses(networkOf('vgg16'), 2)
const config = RunConfig.parse({ backbone: 'vgg16' })
const headOnly = resolvePlan(network, namedPlan(network, 'head-only'))
const recipe = resolvePlan(network, namedPlan(network, 'recipe'))

test('training everything takes more memory than training the head', () => {
  expect(peakBytes(network, recipe, config)).toBeGreaterThan(2 * peakBytes(network, headOnly, config))
})

test('computing a batch in parts saves memory, and a larger batch takes more', () => {
  const whole = peakBytes(network, recipe, config)
  expect(peakBytes(network, recipe, { ...config, accumulate: 4 })).toBeLessThan(whole)
  expect(peakBytes(network, recipe, { ...config, batch: 64 })).toBeGreaterThan(whole)
})

test('the batch that is suggested fits, and the next larger one does not', () => {
  const available = 8 * 2 ** 30
  const batch = largestBatch(network, recipe, config, available)
  expect(peakBytes(network, recipe, { ...config, batch })).toBeLessThanOrEqual(available)
  expect(peakBytes(network, recipe, { ...config, batch: 2 * batch })).toBeGreaterThan(available)
})

test('larger photos take more memory, so that a smaller batch fits', () => {
  const larger = onPhotosOf(network, 2 * network.size)
  expect(peakBytes(larger, recipe, config)).toBeGreaterThan(2 * peakBytes(network, recipe, config))
  const available = 8 * 2 ** 30
  expect(largestBatch(larger, recipe, config, available)).toBeLessThan(
    largestBatch(network, recipe, config, available),
  )
})

test('where nothing fits, one photo a step is what is left', () => {
  expect(largestBatch(network, recipe, config, 1)).toBe(1)
})
