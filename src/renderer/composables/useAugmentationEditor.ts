import { computed, ref, shallowRef } from 'vue'
import { isPreset, presets, transformsOf } from '../../shared/augmentation.ts'
import type { Augmentation, AugmentationPreset, Transform, TransformName } from '../../shared/augmentation.ts'
import { augmentationOf, bankOfViews, canStand, presetOf, withAdded } from '../../shared/augmentationEdit.ts'

/** Enough views that a photo is not learnt by heart, few enough that the frozen part soon rests. */
const defaultViews = 4

/** Changes an augmentation step by step, each of which can be undone. A slider that is drawn along is one step. */
export function useAugmentationEditor(read: () => Augmentation, write: (changed: Augmentation) => void) {
  const past = shallowRef<readonly Augmentation[]>([])
  const future = shallowRef<readonly Augmentation[]>([])
  /** What the last change was about: further ones of the same are no steps of their own. */
  let about: string | undefined

  const preset = computed(() => presetOf(read()))
  const transforms = computed(() => transformsOf(read()))
  const views = computed(() => bankOfViews(read()))
  /** Where “reset” leads: the preset that was there last. */
  const lastPreset = ref<AugmentationPreset>(isPreset(preset.value) ? preset.value : 'recipe')

  function change(to: Augmentation, what?: string): void {
    if (what === undefined || what !== about) past.value = [...past.value, read()]
    about = what
    future.value = []
    write(to)
  }

  const setTransforms = (list: readonly Transform[], what?: string) =>
    change(augmentationOf(list, views.value), what)

  function choose(name: AugmentationPreset): void {
    lastPreset.value = name
    change(augmentationOf(presets[name], views.value))
  }

  function step(from: typeof past, to: typeof past): void {
    const found = from.value.at(-1)
    if (found === undefined) return
    from.value = from.value.slice(0, -1)
    to.value = [...to.value, read()]
    about = undefined
    write(found)
  }

  /** The list with a transform one place on, or undefined where it cannot stand there. */
  function moved(index: number, by: 1 | -1): Transform[] | undefined {
    const other = index + by
    const list = [...transforms.value]
    const [first, second] = [list[index], list[other]]
    if (!first || !second) return undefined
    list[index] = second
    list[other] = first
    return canStand(list) ? list : undefined
  }

  return {
    preset,
    lastPreset,
    transforms,
    views,
    choose,
    setViews: (count: number | undefined) => change(augmentationOf(transforms.value, count), 'views'),
    fixViews: (on: boolean) => change(augmentationOf(transforms.value, on ? defaultViews : undefined)),
    add: (name: TransformName) => setTransforms(withAdded(transforms.value, name)),
    remove: (index: number) => setTransforms(transforms.value.toSpliced(index, 1)),
    set: (index: number, parameter: string, value: unknown) => {
      const changed = { ...transforms.value[index]!, [parameter]: value }
      const list = transforms.value.with(index, changed)
      if (canStand(list)) setTransforms(list, `${index} ${parameter}`)
    },
    canMove: (index: number, by: 1 | -1) => moved(index, by) !== undefined,
    move: (index: number, by: 1 | -1) => {
      const list = moved(index, by)
      if (list) setTransforms(list)
    },
    undo: () => step(past, future),
    redo: () => step(future, past),
    reset: () => choose(lastPreset.value),
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
  }
}
