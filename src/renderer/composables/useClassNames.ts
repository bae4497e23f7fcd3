import { shallowRef } from 'vue'
import type { Answer, Reviewed } from '../../shared/api/classify.ts'
import { imagenetClassOf } from '../../shared/imagenetClass.ts'
import type { ImagenetIndex } from '../../shared/imagenetClass.ts'
import { useText } from '../i18n/index.ts'

const index = shallowRef<ImagenetIndex>()
let asked = false

/** Class names as people read them. ImageNet's are told in the person's language; those of a person's own folders stay as they are. */
export function useClassNames() {
  const { language } = useText()
  if (!asked) {
    asked = true
    import('../../../assets/imagenet-classes.json').then(
      (loaded) => (index.value = loaded.default as unknown as ImagenetIndex),
      // Names stay as the network has them; whoever shows some next asks again.
      () => (asked = false),
    )
  }
  const nameOf = (answer: Pick<Answer, 'index' | 'class'>): string => {
    const found = index.value && imagenetClassOf(index.value, answer)
    if (!found) return answer.class
    const [, english, korean] = found
    return language() === 'ko' ? korean : english.replaceAll('_', ' ')
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
