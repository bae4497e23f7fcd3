import { describe, expect, it } from 'vitest'
import { compileNetwork } from '../../../src/shared/model/compiled.ts'
import { diagramOf } from '../../../src/shared/model/diagram.ts'
import { tensorsOfNetwork, withClasses } from '../../../src/shared/model/layers.ts'
import { resolvePlan } from '../../../src/shared/model/plan.ts'
import { partsOf } from '../../../src/shared/model/planTree.ts'
import { presetNames, presetStages } from '../../../src/shared/model/presets.ts'
import { architectureOf, networkNames, networkOf } from '../../../src/shared/model/registry.ts'

describe.each(networkNames)('%s', (name) => {
  const network = withClasses(networkOf(name), 2)

  it('has parts that hold all its parameters, each once', () => {
    const parts = partsOf(network)
    const total = resolvePlan(network, { '': { learningRate: 1 } }).total
    expect(parts.reduce((sum, part) => sum + part.parameters, 0)).toBe(total)
    expect(parts.at(-1)!.id).toBe(network.head)
    expect(diagramOf(network).length).toBeGreaterThan(1)
  })

  it('has every preset, and the careful one wakes more and more', () => {
    for (const preset of presetNames)
      for (const { plan } of presetStages(network, preset))
        expect(resolvePlan(network, plan).learns).toBeGreaterThan(0)
    const learns = presetStages(network, 'careful').map(({ plan }) => resolvePlan(network, plan).learns)
    expect(learns).toEqual([...learns].sort((a, b) => a - b))
  })

  it('has steps that hold each of its parameters once', () => {
    const parameters = tensorsOfNetwork(network).filter(({ role }) => role === 'parameter')
    const held = compileNetwork(network).flatMap((step) => step.parameters)
    expect([...held].sort()).toEqual(parameters.map((it) => it.name).sort())
  })

  it('says where its published weights are, and by what they are known', () => {
    const { published, preparation, internal } = architectureOf(name)
    if (internal) return
    expect(published!.address.endsWith(published!.file)).toBe(true)
    if (published!.sha256Start) expect(published!.file).toContain(published!.sha256Start)
    expect(preparation.crop).toBe(network.size)
  })
})
