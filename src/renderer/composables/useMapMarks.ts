import { computed } from 'vue'
import type { Ref } from 'vue'
import type { DatasetMap } from '../../shared/api/datasets.ts'
import type { Mark } from '../components/map/marks.ts'
import { markOf } from '../components/map/marks.ts'
import { useText } from '../i18n/index.ts'

export type ColourBy = 'class' | 'split' | 'outcome' | 'certainty'

export interface LegendEntry {
  name: string
  mark: Mark
  indices: number[]
}

/** What a photo without a label, an answer or a certainty is drawn as: a grey cross. */
const unknown: Mark = { colour: 0, shape: 5 }
const splits = ['train', 'val', 'test'] as const
const outcomes = ['right', 'wrong'] as const
/** From which certainty on it is called so. */
const sure = 0.9
const rather = 0.5

/** Which mark each photo on the map has, and what the marks mean. */
export function useMapMarks(
  data: Readonly<Ref<DatasetMap | undefined>>,
  classes: () => readonly string[],
  by: Readonly<Ref<ColourBy>>,
) {
  const { t } = useText()

  const names = computed((): string[] => {
    switch (by.value) {
      case 'class':
        return [...classes()]
      case 'split':
        return splits.map((it) => t(`photos.${it}`))
      case 'outcome':
        return outcomes.map((it) => t(`relations.${it}`))
      case 'certainty':
        return [t('relations.sure'), t('relations.rather'), t('relations.unsure')]
    }
  })

  /** A place among the names; −1: not known. */
  const kindOf = (map: DatasetMap, index: number): number => {
    switch (by.value) {
      case 'class':
        return map.classes[index]!
      case 'split':
        return splits.indexOf(map.splits[index]!)
      case 'outcome':
        return outcomes.indexOf(map.outcomes[index] as 'right')
      case 'certainty': {
        const certainty = map.certainty[index]
        return certainty == null ? -1 : certainty >= sure ? 0 : certainty >= rather ? 1 : 2
      }
    }
  }

  const marks = computed((): Mark[] => [...names.value.map((_, i) => markOf(i)), unknown])
  const of = computed(() => {
    const map = data.value
    return Uint16Array.from(map?.paths ?? [], (_, index) => {
      const kind = kindOf(map!, index)
      return kind < 0 || kind >= names.value.length ? names.value.length : kind
    })
  })
  const legend = computed((): LegendEntry[] => {
    const indices: number[][] = marks.value.map(() => [])
    of.value.forEach((kind, index) => indices[kind]!.push(index))
    const none = by.value === 'class' ? t('photoRoom.unlabelled') : t('relations.unknown')
    return marks.value
      .map((mark, kind) => ({ name: names.value[kind] ?? none, mark, indices: indices[kind]! }))
      .filter((entry) => entry.indices.length > 0)
  })

  return { marks, of, legend }
}
