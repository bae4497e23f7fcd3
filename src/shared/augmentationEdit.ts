/** How an augmentation is changed in the window: what can be said by a name is kept as that name. */
import { parametersOf, presetNames, presets, transformNames, transformsOf, viewsOf } from './augmentation.ts'
import type { Augmentation, AugmentationPreset, Transform, TransformName } from './augmentation.ts'

const isSame = (a: readonly Transform[], b: readonly Transform[]) => JSON.stringify(a) === JSON.stringify(b)

/** Which preset an augmentation's transforms are, whether they are drawn once or each epoch. */
export function presetOf(augmentation: Augmentation): AugmentationPreset | 'own' {
  const transforms = transformsOf(augmentation)
  return presetNames.find((name) => isSame(presets[name], transforms)) ?? 'own'
}

/** How many views are drawn once; undefined where each epoch has new ones, and where nothing is drawn. */
export const bankOfViews = (augmentation: Augmentation): number | undefined =>
  transformsOf(augmentation).length === 0 ? undefined : viewsOf(augmentation)

/** An augmentation by its transforms and how many views of a photo are drawn once. */
export function augmentationOf(transforms: readonly Transform[], views: number | undefined): Augmentation {
  const preset = presetOf({ transforms: [...transforms] })
  if (preset === 'none') return 'none'
  if (views !== undefined) {
    if (preset === 'recipe') return `views:${views}`
    return { transforms: [...transforms], views }
  }
  return preset === 'own' ? { transforms: [...transforms] } : preset
}

/** A transform with what its sliders begin with, put where it usually stands: by the order of the table. */
export function withAdded(transforms: readonly Transform[], name: TransformName): Transform[] {
  const started = Object.entries(parametersOf(name)).map(([key, { start }]) => [key, start] as const)
  const added = { name, ...Object.fromEntries(started) } as Transform
  const rank = (it: Transform) => transformNames.indexOf(it.name)
  const behind = transforms.findIndex((it) => rank(it) > rank(added))
  return transforms.toSpliced(behind < 0 ? transforms.length : behind, 0, added)
}

/** Whether transforms may stand in this order: what grows a photo only before it is cut. */
export const canStand = (transforms: readonly Transform[]): boolean =>
  transforms.findLastIndex((it) => it.name === 'RandomRotation' && it.expand) <=
  Math.max(
    -1,
    transforms.findIndex(({ name }) => name === 'RandomResizedCrop'),
  )
