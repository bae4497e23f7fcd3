import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import KeywordsDialog from '../../../../src/renderer/components/photos/KeywordsDialog.vue'
import { fakeApi } from '../../support/fakeApi.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { all, control, press, text } from '../../support/page.ts'

const long = 'x'.repeat(300)
const keywords = [
  { keyword: 'pets|', photos: 2 },
  { keyword: long, photos: 1 },
  { keyword: 'animal|insect|ant', photos: 12 },
  { keyword: 'animal|insect|bee', photos: 9 },
  { keyword: 'holiday', photos: 5 },
  { keyword: '개미', photos: 4 },
  ...Array.from({ length: 420 }, (_, i) => ({ keyword: `place|${i}`, photos: 1 })),
]

let used: unknown[]
beforeEach(async () => {
  used = []
  const onUse = (classes: unknown) => used.push(classes)
  await mountRoom(KeywordsDialog, { api: fakeApi({}), props: { keywords, onUse } })
})

async function type(field: HTMLElement, value: string): Promise<void> {
  ;(field as HTMLInputElement).value = value
  field.dispatchEvent(new Event('input'))
  await flushPromises()
}
const choose = async (keyword: RegExp) => {
  all('label', keyword)[0]!.querySelector('input')!.click()
  await flushPromises()
}
const submit = async () => {
  document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
}

it('Two keywords that are called alike become one class, under the name that is given', async () => {
  await choose(/ant/)
  await type(all('input', 'Class of animal › insect › ant')[0]!, 'ants')
  await choose(/개미/)
  await type(all('input', 'Class of 개미')[0]!, ' ants ')
  await choose(/bee/)
  expect(text()).toContain('Chosen keywords: 3, classes: 2')
  await submit()
  expect(used).toEqual([{ 'animal|insect|ant': 'ants', 개미: 'ants', 'animal|insect|bee': 'bee' }])
})

it('A class needs a name', async () => {
  await choose(/holiday/)
  await type(all('input', 'Class of holiday')[0]!, ' ')
  expect(control('Make one class').matches(':disabled')).toBe(true)
  await submit()
  expect(used).toEqual([])
})

it('Of many keywords some are found by typing, also by initial consonants, and chosen together', async () => {
  const find = all('input', 'Find a keyword')[0]!
  await type(find, 'ㄱㅁ')
  expect(all('label').map((it) => it.textContent.replace(/\s+/g, ''))).toEqual(['개미4'])
  await type(find, 'insect')
  await choose(/bee/)
  await type(all('input', 'Class of animal › insect › bee')[0]!, 'wild bee')
  await press('Choose all 2')
  await type(find, 'nothing at all')
  expect(text()).toContain('No keyword is called so.')
  await submit()
  expect(used).toEqual([{ 'animal|insect|ant': 'ant', 'animal|insect|bee': 'wild bee' }])
})

it('A keyword whose last level says nothing, or is longer than a class’s name, still gives a class', async () => {
  await choose(/^pets/)
  await choose(/^xxx/)
  await submit()
  expect(used).toEqual([{ 'pets|': 'pets', [long]: 'x'.repeat(200) }])
})

it('Of very many keywords some are listed, more on demand, and all that are found are chosen', async () => {
  expect(all('label')).toHaveLength(200)
  await press('Show more (200 of 426 shown)')
  await press('Show more (400 of 426 shown)')
  expect(all('label')).toHaveLength(426)
  expect(all('button', /^Show more/)).toEqual([])
  await type(all('input', 'Find a keyword')[0]!, 'place')
  expect(all('label')).toHaveLength(200)
  await press(/^Choose all 420/)
  expect(text()).toContain('Chosen keywords: 420')
})
