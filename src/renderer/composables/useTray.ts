import { convertHangulToQwerty } from 'es-hangul'
import { computed, ref, shallowRef } from 'vue'
import type { Answer, Reviewed } from '../../shared/api/classify.ts'
import { useClassify } from '../stores/classify.ts'
import { useMessages } from '../stores/messages.ts'
import { useClassNames } from './useClassNames.ts'

/** More would not be read at a glance; the others are typed. */
const mostChoices = 4

const isWaiting = ({ verdict }: Reviewed): boolean => verdict === 'unsure' || verdict === 'stranger'
/** By the keys that write it: `bees` is found with a Hangul keyboard (ㅠㄷ), `개미` with either. */
const keysOf = (text: string): string => convertHangulToQwerty(text).toLocaleLowerCase()
const startsWith = (name: string, typed: string): boolean => keysOf(name).startsWith(keysOf(typed))

/** A class or group that can be typed: by the name that is shown, or by its own. */
export interface TypedAnswer {
  name: string
  shown: string
}
const isTypedBy = ({ name, shown }: TypedAnswer, typed: string): boolean =>
  startsWith(shown, typed) || startsWith(name, typed)

/** Photos that are left to a person, one after the other, and the keys that answer them. */
export function useTray() {
  const store = useClassify()
  const messages = useMessages()
  const position = ref(0)
  const typed = ref('')
  /** All that was answered is there: only then is there something to see, and keys mean something. */
  const isOpen = ref(false)
  /** Indices of the photos in the tray, in order; those that were decided here stay in it. */
  const order = shallowRef<readonly number[]>([])
  const undos: (() => Promise<void>)[] = []

  const byIndex = computed(() => new Map(store.answers.map((answer) => [answer.index, answer])))
  const photos = computed(() => order.value.flatMap((index) => byIndex.value.get(index) ?? []))
  const left = computed(() => photos.value.filter(isWaiting).length)
  const photo = computed(() => photos.value[position.value])
  const { namesOf } = useClassNames()
  const typable = computed((): TypedAnswer[] => {
    const classes = store.summary?.classes ?? []
    const shown = namesOf(classes)
    const groups = store.review?.settings.groups ?? []
    return [
      ...classes.map((name, i) => ({ name, shown: shown[i]! })),
      ...groups.map(({ name }) => ({ name, shown: name })),
    ]
  })

  /** What the promise needs; of a stranger, of which it says nothing, the likeliest. */
  const choices = computed((): Answer[] => {
    const own = photo.value
    return (own?.verdict === 'stranger' ? own.top : (own?.set ?? [])).slice(0, mostChoices)
  })
  const matches = computed(() =>
    typed.value === '' ? [] : typable.value.filter((it) => isTypedBy(it, typed.value)).slice(0, 6),
  )

  /** Looks for what is left; photos that are still being classified join at the end. */
  function refill(): void {
    if (!isOpen.value) return
    const known = new Set(order.value)
    const more = store.tray.map(({ index }) => index).filter((index) => !known.has(index))
    if (more.length > 0) order.value = [...order.value, ...more]
  }

  /** Begins anew: after other settings other photos are left. */
  function restart(): void {
    isOpen.value = true
    order.value = []
    refill()
    position.value = 0
    typed.value = ''
  }

  /** Shows nothing until `restart`. */
  function close(): void {
    isOpen.value = false
    order.value = []
    undos.length = 0
  }

  function next(): void {
    typed.value = ''
    const after = photos.value.findIndex((one, i) => i > position.value && isWaiting(one))
    const first = photos.value.findIndex(isWaiting)
    position.value = after === -1 ? Math.max(0, first) : after
  }

  const skip = (): void => {
    typed.value = ''
    position.value = Math.min(photos.value.length - 1, position.value + 1)
  }
  const back = (): void => {
    typed.value = ''
    position.value = Math.max(0, position.value - 1)
  }

  function show({ index }: Reviewed): void {
    refill()
    position.value = Math.max(
      0,
      photos.value.findIndex((one) => one.index === index),
    )
  }

  /** Goes on at once: whoever is quick would otherwise answer the same photo twice, and the next one never. */
  function decide(answer: string | null): void {
    const own = photo.value
    // With nothing left no photo is shown: a key would change the answer of one that nobody sees.
    if (!own || left.value === 0) return
    const decided = store.decide(own, answer)
    const undoIt = async () => {
      await (
        await decided
      )()
      show(own)
    }
    undos.push(undoIt)
    decided.catch((error: unknown) => {
      undos.splice(undos.indexOf(undoIt), 1)
      show(own)
      messages.failed(error)
    })
    next()
  }

  /** What is typed, else the first choice. */
  function accept(): void {
    const answer = matches.value[0]?.name ?? (typed.value === '' ? choices.value[0]?.class : undefined)
    if (answer !== undefined) decide(answer)
  }

  async function undo(): Promise<void> {
    await undos.pop()?.().catch(messages.failed)
  }

  const isTypable = (letter: string) => typable.value.some((it) => isTypedBy(it, letter))

  /** @returns whether the key meant something */
  function onKey(event: KeyboardEvent): boolean {
    if (!isOpen.value) return false
    const { key, code } = event
    if (event.ctrlKey || event.metaKey) {
      if (code !== 'KeyZ') return false
      void undo()
      return true
    }
    const number = Number(key)
    if (typed.value === '' && number >= 1 && number <= choices.value.length)
      decide(choices.value[number - 1]!.class)
    else if (key === 'Enter') accept()
    else if (key === 'ArrowRight' || (key === ' ' && typed.value === '')) skip()
    else if (key === 'ArrowLeft') back()
    else if (key === 'Escape' && typed.value !== '') typed.value = ''
    else if (key === 'Backspace') typed.value = typed.value.slice(0, -1)
    else if (key === 'Delete' || (typed.value === '' && code === 'KeyX' && !isTypable('x'))) decide(null)
    else if (key.length === 1 && !event.altKey) typed.value += key
    else return false
    return true
  }

  return {
    ...{ isOpen, position, typed, photos, left, photo, choices, matches },
    ...{ refill, restart, close, skip, back, decide, onKey },
  }
}
