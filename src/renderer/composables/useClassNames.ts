import { shallowRef } from 'vue'
import type { Answer } from '../../shared/api/classify.ts'
import { useText } from '../i18n/index.ts'

type Entry = [id: string, english: string, korean: string]
const index = shallowRef<Readonly<Record<string, Entry>>>()
let asked = false

/**
 * Class names as people read them. ImageNet's are told in the person's language; those of a person's own folders stay as they
 * are. An answer is ImageNet's if its name stands at its place in ImageNet's index.
 */
export function useClassNames() {
  const { language } = useText()
  if (!asked) {
    asked = true
    void import('../../../assets/imagenet-classes.json').then(
      (loaded) => (index.value = loaded.default as unknown as Record<string, Entry>),
    )
  }
  return {
    nameOf: (answer: Pick<Answer, 'index' | 'class'>): string => {
      const entry = index.value?.[String(answer.index)]
      if (entry?.[1] !== answer.class) return answer.class
      return language() === 'ko' ? entry[2] : entry[1].replaceAll('_', ' ')
    },
  }
}
