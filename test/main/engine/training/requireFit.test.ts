import { describe, expect, it } from 'vitest'
import { requireFit } from '../../../../src/main/engine/training/requireStart.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { ThawError } from '../../../../src/shared/errors.ts'
import { peakBytes } from '../../../../src/shared/model/cost.ts'
import { withClasses } from '../../../../src/shared/model/layers.ts'
import { resolvePlan } from '../../../../src/shared/model/plan.ts'
import { namedPlan, networkOf } from '../../../../src/shared/model/registry.ts'

const network = withClasses(networkOf('vgg16'), 2)
const plan = resolvePlan(network, namedPlan(network, 'everything'))
const config = RunConfig.parse({ backbone: 'vgg16', plan: {}, batch: 64 })
const needs = (settings: Partial<RunConfig>) => peakBytes(network, plan, { ...config, ...settings })

const refusal = (available: number): ThawError => {
  try {
    requireFit(network, plan, config, available)
  } catch (error) {
    if (error instanceof ThawError) return error
  }
  throw new Error('It was not refused.')
}

describe('The memory of a plan', () => {
  it('lets it begin where it is enough, to the byte', () => {
    expect(() => requireFit(network, plan, config, needs({}))).not.toThrow()
  })

  it('that is a byte short refuses it with the largest batch that fits, in the gigabytes of the window', () => {
    const available = needs({}) - 1
    const { code, parameters } = refusal(available)
    expect(code).toBe('run.does-not-fit')
    expect(parameters).toMatchObject({
      needed: (needs({}) / 1e9).toFixed(1),
      available: (available / 1e9).toFixed(1),
    })
    const batch = Number(parameters['batch'])
    expect(needs({ batch })).toBeLessThanOrEqual(available)
    expect(needs({ batch: 2 * batch })).toBeGreaterThan(available)
  })

  it('that not even one photo at a time fits into is not answered with a batch', () => {
    const { code } = refusal(needs({ batch: 1 }) - 1)
    expect(code).toBe('run.never-fits')
  })

  it('is enough for the photos of a step one after the other where those together are too many', () => {
    expect(() => requireFit(network, plan, { ...config, accumulate: 64 }, needs({ batch: 1 }))).not.toThrow()
  })
})
