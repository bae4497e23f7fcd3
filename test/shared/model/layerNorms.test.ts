import { expect, it } from 'vitest'
import { nodeNorms } from '../../../src/shared/model/layerNorms.ts'
import { planTreeOf } from '../../../src/shared/model/planTree.ts'
import { networkOf } from '../../../src/shared/model/registry.ts'
import { sumsOverTree } from '../../../src/shared/model/treeSums.ts'

const vgg = networkOf('tiny-vgg')

it('adds up over blocks, which PyTorch has no module for, as over modules', () => {
  const sums = sumsOverTree(planTreeOf(vgg).root, () => 1)
  expect(sums.get('')).toBe(planTreeOf(vgg).parameters.length)
  const block = planTreeOf(vgg).root.children[0]!.children[0]!
  const inside = planTreeOf(vgg).parameters.filter((name) =>
    block.children.some(({ id }) => name.startsWith(`${id}.`)),
  )
  expect(block.kind).toBe('block')
  expect(sums.get(block.id)).toBe(inside.length)
})

it('takes the norm of all parameters below a node together, and leaves out what did not learn', () => {
  const nodes = nodeNorms(vgg, [
    { name: 'classifier.6.weight', gradient: 3, update: 0.3, weight: 3 },
    { name: 'classifier.6.bias', gradient: 4, update: 0.4, weight: 4 },
  ])
  for (const id of ['classifier.6', 'classifier', ''])
    expect(nodes.get(id)).toEqual({ gradient: 5, update: 0.5, weight: 5, relative: 0.1 })
  expect(nodes.has('features')).toBe(false)
})

it('tells no share of weights that are all zero', () => {
  const nodes = nodeNorms(vgg, [{ name: 'classifier.6.bias', gradient: 1, update: 1, weight: 0 }])
  expect(nodes.get('classifier.6')!.relative).toBeNull()
})
