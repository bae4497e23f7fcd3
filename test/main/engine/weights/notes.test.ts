import { expect, it } from 'vitest'
import { readingNotes } from '../../../../src/main/engine/weights/notes.ts'
import { timmNames } from '../../../../src/main/engine/weights/names/timm.ts'
import { tensorsOfNetwork } from '../../../../src/shared/model/layers.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'

const names = tensorsOfNetwork(networkOf('mobilenet-v3-large')).map(({ name }) => name)
const named = (path: string, all: readonly string[], found = {}) => ({
  ...{ path, format: 'pth' as const, metadata: {}, found },
  tensors: all.map((name) => ({ name, shape: [1], dtype: 'float32' as const, bytes: 4 })),
  read: () => Promise.resolve(new Float32Array(1)),
  close: () => Promise.resolve(),
})

it('What is read in part, chosen, left out or cannot be known is told', () => {
  const timm = Array.from(timmNames(names)!.ours.keys(), (name) => `model.${name}`)
  const found = { under: 'state_dict', others: ['ema'] }
  const file = named('/x/pytorch_model-00001-of-00002.bin', [...timm, 'criterion.weight'], found)
  expect(readingNotes(file, 'mobilenet-v3-large')).toMatchObject([
    { code: 'weights.part', parameters: { part: 1, parts: 2 } },
    { code: 'weights.maybe-twin', parameters: { twin: 'tf_mobilenetv3_large_100' } },
    { code: 'weights.others', parameters: { chosen: 'state_dict', others: 'ema' } },
    { code: 'weights.beside', parameters: { tensors: 'criterion.weight' } },
  ])
})

it('Nothing is told of a plain file', () => {
  expect(readingNotes(named('/x/weights.pth', names), 'mobilenet-v3-large')).toEqual([])
})
