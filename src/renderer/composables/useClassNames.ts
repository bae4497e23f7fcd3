import { shallowRef } from 'vue'
import type { Answer, Reviewed } from '../../shared/api/classify.ts'
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
  const nameOf = (answer: Pick<Answer, 'index' | 'class'>): string => {
    const entry = index.value?.[String(answer.index)]
    if (entry?.[1] !== answer.class) return answer.class
    return language() === 'ko' ? entry[2] : entry[1].replaceAll('_', ' ')
  }
  return {
    nameOf,
    /** As `nameOf`, of all classes of a network, in their order. */
    namesOf: (classes: readonly string[]): string[] =>
      classes.map((name, at) => nameOf({ index: at, class: name })),
    /** What a photo is filed by, the network's or a person's answer: a class, or a group, which has no other name; '' if none. */
    nameOfAnswer: ({ answer, top }: Pick<Reviewed, 'answer' | 'top'>): string => {
      const named = top.find((it) => it.class === answer)
      return named ? nameOf(named) : (answer ?? '')
    },
  }
}
