import { expect, it } from 'vitest'
import { rowName } from '../../../../src/main/engine/bank/rowName.ts'
import { presets } from '../../../../src/shared/augmentation.ts'

const hash = 'a'.repeat(64)
const view = { kind: 'bank', seed: 1234, photo: 5, view: 2 } as const

it('Features of a photo that was cropped are others than those of the whole photo, or of another crop', () => {
  const crop = { left: 1, top: 2, width: 30, height: 40 }
  const names = [undefined, crop, { ...crop, left: 2 }].map((it) => rowName(hash, { kind: 'evaluation' }, it))
  expect(new Set(names).size).toBe(3)
  expect(names[0]).toBe(`${hash} evaluation`)
})

it('Views drawn as in the recipe keep the name they always had; other transforms have names of their own', () => {
  expect(rowName(hash, { ...view, transforms: presets.recipe })).toBe(`${hash} 1234:5:2`)
  const light = rowName(hash, { ...view, transforms: presets.light })
  const strong = rowName(hash, { ...view, transforms: presets.strong })
  expect(new Set([light, strong, `${hash} 1234:5:2`]).size).toBe(3)
  expect(light).not.toMatch(/\n/)
})
