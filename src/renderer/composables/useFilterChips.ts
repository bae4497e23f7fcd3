import { computed } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import type { Split } from '../../shared/dataset.ts'
import { useText } from '../i18n/index.ts'
import { usePhotoRoom } from '../stores/photoRoom.ts'

/** The filters that are set, in words, and how each is taken away. */
export function useFilterChips(dataset: () => DatasetSummary | undefined) {
  const room = usePhotoRoom()
  const { t } = useText()

  const chips = computed(() => [
    ...room.classes.map((index) => ({
      key: `class ${index}`,
      text: index < 0 ? t('photoRoom.unlabelled') : (dataset()?.classes[index] ?? ''),
    })),
    ...room.splits.map((split) => ({ key: `split ${split}`, text: t(`photos.${split}`) })),
    ...room.findings.map((kind) => ({ key: `finding ${kind}`, text: t(`findings.kind_${kind}`) })),
    ...room.outcomes.map((outcome) => ({
      key: `outcome ${outcome}`,
      text: `${t('relations.lastRun')}: ${t(`relations.${outcome}`)}`,
    })),
    ...(room.out === null
      ? []
      : [{ key: 'out', text: t(room.out ? 'photoRoom.leftOut' : 'photoRoom.used') }]),
    ...(room.search === '' ? [] : [{ key: 'search', text: `“${room.search}”` }]),
    ...(room.only === null ? [] : [{ key: 'only', text: t('photoRoom.selection') }]),
  ])

  function take(key: string): void {
    const [kind, value] = key.split(' ')
    if (kind === 'class') room.classes = room.classes.filter((index) => index !== Number(value))
    if (kind === 'split') room.splits = room.splits.filter((split) => split !== (value as Split))
    if (kind === 'finding') room.findings = room.findings.filter((it) => it !== value)
    if (kind === 'outcome') room.outcomes = room.outcomes.filter((it) => it !== value)
    if (kind === 'out') room.out = null
    if (kind === 'search') room.search = ''
    if (kind === 'only') {
      room.only = null
      room.order = 'split'
    }
  }
  return { chips, take }
}
