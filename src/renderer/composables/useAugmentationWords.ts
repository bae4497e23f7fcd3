import { transformsOf } from '../../shared/augmentation.ts'
import type { Augmentation } from '../../shared/augmentation.ts'
import { bankOfViews, presetOf } from '../../shared/augmentationEdit.ts'
import { useText } from '../i18n/index.ts'

/** An augmentation in one line: its preset or its transforms, and how many views are drawn once. */
export function useAugmentationWords() {
  const { t } = useText()
  return (augmentation: Augmentation): string => {
    const preset = presetOf(augmentation)
    const name =
      preset === 'own'
        ? transformsOf(augmentation)
            .map((it) => t(`augment.${it.name}`))
            .join(', ')
        : t(`augment.${preset}`)
    const views = bankOfViews(augmentation)
    return views === undefined ? name : `${name} · ${t('augment.views')}: ${views}`
  }
}
