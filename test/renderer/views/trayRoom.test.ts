import { flushPromises } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Review, Reviewed } from '../../../src/shared/api/classify.ts'
import { ReviewSettings } from '../../../src/shared/api/classify.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import TrayRoom from '../../../src/renderer/views/TrayRoom.vue'
import { ThawError } from '../../../src/shared/errors.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, text } from '../support/page.ts'
import { someRun } from '../support/samples.ts'

const classes = ['ants', 'bees', 'wasps']
const answerOf = (index: number, first: number, verdict: Reviewed['verdict']): Reviewed => {
  const top = [first, (first + 1) % 3].map((it, i) => ({
    index: it,
    class: classes[it]!,
    probability: i ? 0.4 : 0.6,
  }))
  const isSure = verdict === 'sure'
  return {
    ...{
      index,
      path: `/p/${index}.jpg`,
      top,
      error: null,
      distance: 1,
      taken: null,
      picture: `s.c.${index}`,
    },
    ...{ verdict, answer: isSure ? classes[first]! : null, set: isSure ? top.slice(0, 1) : top },
  }
}
const answers = [
  answerOf(0, 0, 'sure'),
  answerOf(1, 0, 'unsure'),
  answerOf(2, 1, 'unsure'),
  answerOf(3, 2, 'stranger'),
]
const curve = [0.9, 0.95, 0.99].map((promise, i) => ({
  promise,
  tray: i / 10,
  mistakes: 0.04 / (i + 1),
  coverage: promise,
}))
const review: Review = {
  settings: ReviewSettings.parse({}),
  counts: { sure: 1, group: 0, unsure: 2, stranger: 1, unreadable: 0, decided: 0, none: 0 },
  answers: [],
  promised: { photos: 60, interval: [0.86, 0.98], weak: true, temperature: 1, curve },
}

let api: FakeApi
let room: VueWrapper
/** What the engine has and does now. */
let kept: readonly Reviewed[]
let reviewed: Review
let classesNow: readonly string[]
let onReview: () => Promise<void>
let onDecide: () => Promise<void>
const nothing = () => Promise.resolve()

beforeEach(async () => {
  kept = answers
  classesNow = classes
  i18n.global.locale.value = 'en'
  reviewed = review
  onReview = onDecide = nothing
  const calls: FakeCalls = {
    'classify.answers': ({ from = 0 }) => ({ answers: kept.slice(from), next: 4, done: true }),
    'classify.get': () => ({
      ...{ id: 'c', name: 'meadow', created: '', model: { run: someRun.id }, modelName: '', mirrored: false },
      ...{
        classes: [...classesNow],
        total: 4,
        done: 4,
        failed: 0,
        seconds: 1,
        finished: true,
        watched: null,
        accuracy: null,
      },
    }),
    'classify.review': () => onReview().then(() => reviewed),
    'classify.decide': () => onDecide().then(() => ({})),
  }
  api = fakeApi(calls)
  room = await mountRoom(TrayRoom, { api, at: '/classify/c/tray' })
  await flushPromises()
})

const reviews = () => api.made.filter(({ call }) => call === 'classify.review').map(({ input }) => input)
const decisions = () => api.made.filter(({ call }) => call === 'classify.decide').map(({ input }) => input)
/** @returns whether the room took it for itself */
async function key(name: string, more: KeyboardEventInit = {}): Promise<boolean> {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...more })
  document.body.dispatchEvent(event)
  await flushPromises()
  return event.defaultPrevented
}
const decided = (index: number, answer: string | null) => ({
  classification: 'c',
  decisions: [{ index, answer }],
})

it('is worked through by keys: a number, letters and Enter, none of these; each leads to the next photo', async () => {
  expect(text()).toContain('3 photos left')
  expect(all('.question h2')[0]!.textContent).toBe('Is it ants or bees?')
  await key('2')
  expect(all('.question h2')[0]!.textContent).toBe('Is it bees or wasps?')
  for (const letter of 'wa') await key(letter)
  await key('Enter')
  expect(all('.question h2')[0]!.textContent).toContain('Unlike everything')
  await key('x', { code: 'KeyX' })
  expect(decisions()).toEqual([decided(1, 'bees'), decided(2, 'wasps'), decided(3, null)])
  expect(text()).toContain('All 4 answered')
})

it('tells a screen reader how many are left after each answer, and changes no photo once none is shown', async () => {
  const told = document.querySelector('.toolbar [role="status"]')!
  expect(told.textContent).toBe('3 photos left')
  await key('1')
  expect(told.textContent).toBe('2 photos left')
  for (const name of ['1', '1']) await key(name)
  expect(told.textContent).toBe('All 4 answered')
  expect(text()).not.toMatch(/\d of 3/)
  const before = decisions().length
  for (const name of ['2', 'Enter']) await key(name)
  await key('x', { code: 'KeyX' })
  expect(decisions()).toHaveLength(before)
  await key('z', { code: 'KeyZ', ctrlKey: true })
  expect(told.textContent).toBe('1 photo left')
})

it('keys are for the photo after a click by mouse, and after one by keyboard for what has the focus', async () => {
  const choice = all('.choices button')[1]!
  choice.focus()
  choice.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }))
  await flushPromises()
  expect(decisions()).toEqual([decided(1, 'bees')])
  expect(document.activeElement).toBe(document.body)

  const other = all('.strip button')[1]!
  other.focus()
  other.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 0 }))
  await flushPromises()
  expect(document.activeElement).toBe(other)
  const enter = () => {
    const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })
    other.dispatchEvent(event)
    return event.defaultPrevented
  }
  expect(enter()).toBe(false)
  for (const letter of 'wa') await key(letter)
  expect(enter()).toBe(true)
  await flushPromises()
  expect(decisions()).toEqual([decided(1, 'bees'), decided(2, 'wasps')])
})

it('two keys faster than the engine answer two photos, each once', async () => {
  void key('1')
  await key('2')
  expect(decisions()).toEqual([decided(1, 'ants'), decided(2, 'wasps')])
  expect(text()).toContain('1 photo left')
})

it('a decision that fails is shown again, and is nothing to undo', async () => {
  onDecide = () => Promise.reject(new ThawError('internal'))
  await key('1')
  expect(all('.question h2')[0]!.textContent).toBe('Is it ants or bees?')
  expect(text()).toContain('3 photos left')
  await key('z', { code: 'KeyZ', ctrlKey: true })
  expect(decisions()).toHaveLength(1)
})

it('letters of a Hangul keyboard are those that its keys write', async () => {
  await key('ㅠ', { code: 'KeyB' })
  await key('Enter')
  await key('ㅌ', { code: 'KeyX' })
  expect(decisions()).toEqual([decided(1, 'bees'), decided(2, null)])
})

it('nothing is asked, and no key counts, before all answers are read anew', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  onReview = () => promise
  await room.vm.$router.push('/classify/d/tray')
  await flushPromises()
  expect(text()).not.toContain('left')
  for (const name of ['w', 'Enter', '1', ' ']) expect(await key(name)).toBe(false)
  resolve(undefined)
  await flushPromises()
  expect(text()).toContain('3 photos left')
  expect(decisions()).toEqual([])
  expect(text()).not.toContain('no class begins so')
})

it('what another window answered is seen on coming back', async () => {
  const [, other] = answers
  kept = answers.map((one) => (one === other ? { ...one, verdict: 'decided' as const } : one))
  window.dispatchEvent(new Event('focus'))
  await flushPromises()
  expect(text()).toContain('2 photos left')
})

it('skips, goes back, and takes the last decision back', async () => {
  await key('ArrowRight')
  expect(all('.question h2')[0]!.textContent).toBe('Is it bees or wasps?')
  await key('ArrowLeft')
  await key('Enter')
  expect(decisions()).toEqual([decided(1, 'ants')])
  await key('z', { code: 'KeyZ', ctrlKey: true })
  expect(decisions()[1]).toEqual({ classification: 'c', decisions: [], undecided: [1] })
  expect(all('.question h2')[0]!.textContent).toBe('Is it ants or bees?')
})

it('letters with which no class begins answer nothing', async () => {
  await key('q')
  await key('Enter')
  expect(text()).toContain('no class begins so')
  expect(decisions()).toEqual([])
})

/** The room anew, of a network with these classes. */
async function withClasses(...names: string[]): Promise<void> {
  classesNow = names
  room.unmount()
  room = await mountRoom(TrayRoom, { api, at: '/classify/c/tray' })
  await flushPromises()
}

it('a digit and a space are letters of a name that is being typed', async () => {
  await withClasses('ants', 'ants 2', 'bees')
  for (const letter of 'ants 2') await key(letter)
  expect(decisions()).toEqual([])
  await key('Enter')
  expect(decisions()).toEqual([decided(1, 'ants 2')])
  await key(' ')
  await key('1')
  expect(decisions()[1]).toEqual(decided(3, 'wasps'))
})

it('X begins a class that begins so, and then is none of these by Delete alone', async () => {
  await withClasses('ants', 'bees', 'xylophaga')
  await key('x', { code: 'KeyX' })
  expect(decisions()).toEqual([])
  await key('Enter')
  expect(decisions()).toEqual([decided(1, 'xylophaga')])
  await key('Delete')
  expect(decisions()[1]).toEqual(decided(2, null))
})

it('Escape takes back what was typed, and is left to others where nothing was; so is a letter with Alt', async () => {
  expect(await key('Escape')).toBe(false)
  expect(await key('w', { altKey: true })).toBe(false)
  expect(await key('w')).toBe(true)
  expect(await key('Escape')).toBe(true)
  await key('Enter')
  expect(decisions()).toEqual([decided(1, 'ants')])
})

it('of two decisions the one that fails is nothing to undo, and the other still is', async () => {
  const first = Promise.withResolvers<undefined>()
  onDecide = () => first.promise
  await key('1')
  onDecide = nothing
  await key('1')
  first.reject(new ThawError('internal'))
  await flushPromises()
  expect(all('.question h2')[0]!.textContent).toBe('Is it ants or bees?')
  await key('z', { code: 'KeyZ', ctrlKey: true })
  expect(decisions()[2]).toEqual({ classification: 'c', decisions: [], undecided: [2] })
})

it('what was decided in another classification is not taken back here', async () => {
  await key('1')
  await room.vm.$router.push('/classify/d/tray')
  await flushPromises()
  await key('z', { code: 'KeyZ', ctrlKey: true })
  expect(decisions()).toEqual([decided(1, 'ants')])
})

it('skipping ends at the last photo, as going back does at the first', async () => {
  for (let times = 0; times < 5; times += 1) await key('ArrowRight')
  expect(all('.question h2')[0]!.textContent).toContain('Unlike everything')
  for (let times = 0; times < 5; times += 1) await key('ArrowLeft')
  expect(all('.question h2')[0]!.textContent).toBe('Is it ants or bees?')
})

it('of a stranger, of which nothing is promised, the likeliest can be chosen', async () => {
  kept = answers.map((one) => (one.verdict === 'stranger' ? { ...one, set: [] } : one))
  await withClasses(...classes)
  for (const name of ['ArrowRight', 'ArrowRight', '2']) await key(name)
  expect(decisions()).toEqual([decided(3, 'ants')])
})

it('says in words what is promised, and that few photos make it weak', () => {
  expect(text()).toContain('The right class is among those shown 95 times of 100')
  expect(text()).toContain('From only 60 validation photos')
})

it('another promise judges all anew', async () => {
  const slider = document.querySelector<HTMLInputElement>('.inspector input[type="range"]')!
  slider.value = '7'
  slider.dispatchEvent(new Event('change'))
  await flushPromises()
  const asked = api.made.filter(
    ({ call, input }) => call === 'classify.review' && 'settings' in (input as object),
  )
  expect(asked).toMatchObject([{ input: { settings: { promise: 0.99, keep: 0.9 } } }])
})

it('a group of a class that the network does not know, and a line that is none, are said', async () => {
  const field = document.querySelector('textarea')!
  const write = async (value: string) => {
    field.value = value
    field.dispatchEvent(new Event('input'))
    field.dispatchEvent(new Event('change'))
    await flushPromises()
  }
  await write('insects ants, bees')
  expect(text()).toContain('“insects ants, bees” is no group yet')
  reviewed = {
    ...review,
    settings: ReviewSettings.parse({ groups: [{ name: 'insects', classes: ['ants', 'beez'] }] }),
  }
  await write('insects: ants, beez')
  expect(text()).toContain('The network knows no class of this name: beez')
})

it('classes that the page shows in Korean are typed and grouped as they are shown, and by their own names', async () => {
  const fish = ['tench', 'goldfish', 'great_white_shark']
  classesNow = fish
  room.unmount()
  room = await mountRoom(TrayRoom, { api, at: '/classify/c/tray' })
  i18n.global.locale.value = 'ko'
  await vi.dynamicImportSettled()
  await flushPromises()
  for (const letter of '백상') await key(letter)
  expect(all('.choices button')[0]!.textContent).toContain('백상아리')
  await key('Enter')
  expect(decisions()).toEqual([decided(1, 'great_white_shark')])
  for (const letter of 'gold') await key(letter)
  expect(all('.choices button')[0]!.textContent).toContain('금붕어')

  const groups = room.find('textarea')
  await groups.setValue('물고기: 텐치, goldfish, 백상아리')
  await groups.trigger('change')
  await flushPromises()
  expect(reviews().at(-1)).toMatchObject({ settings: { groups: [{ name: '물고기', classes: fish }] } })
  reviewed = { ...review, settings: ReviewSettings.parse({ groups: [{ name: '물고기', classes: fish }] }) }
  await groups.trigger('change')
  await flushPromises()
  expect(groups.element.value).toBe('물고기: 텐치, 금붕어, 백상아리')
})

it('counts as something to learn from what a person gave a class, not a group', async () => {
  const given = (index: number, answer: string | null): Reviewed => ({
    ...answerOf(index, 0, answer === null ? 'none' : 'decided'),
    answer,
  })
  kept = [given(0, 'ants'), given(1, 'insects'), given(2, 'bees'), given(3, null)]
  reviewed = { ...review, settings: ReviewSettings.parse({ groups: [{ name: 'insects', classes }] }) }
  room.unmount()
  room = await mountRoom(TrayRoom, { api, at: '/classify/c/tray' })
  await flushPromises()
  expect(all('.learn button', 'Add 2')).toHaveLength(1)
})
