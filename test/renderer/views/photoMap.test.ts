import { starterModel } from '../../../src/shared/api/features.ts'
import { flushPromises } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import type { DatasetRelations } from '../../../src/shared/api/datasets.ts'
import { GroupRules } from '../../../src/shared/decisions.ts'
import { usePhotoRoom } from '../../../src/renderer/stores/photoRoom.ts'
import MapTab from '../../../src/renderer/views/photos/MapTab.vue'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, press, text } from '../support/page.ts'
import { someDataset } from '../support/samples.ts'

beforeAll(() => {
  layOut()
  // jsdom knows no themes.
  window.matchMedia = () => new EventTarget() as MediaQueryList
})

const looked = {
  model: starterModel,
  backbone: 'efficientnet-lite0',
  computed: '2026-11-28T12:00:00.000Z',
  missing: 0,
}
const paths = ['ants/1.jpg', 'ants/2.jpg', 'bees/1.jpg', 'c.jpg']

async function open(map: DatasetRelations['map'] = looked): Promise<FakeApi> {
  let known: DatasetRelations = { near: null, map, run: null }
  const api = fakeApi({
    'datasets.relations': () => known,
    'datasets.map': () => ({
      paths,
      pictures: paths.map((_, i) => `d.insects.${i}`),
      classes: [0, 0, 1, -1],
      splits: ['train', 'val', 'train', 'train'],
      out: [false, false, false, false],
      outcomes: ['right', 'wrong', 'unasked', 'unasked'],
      certainty: [0.95, 0.1, 0.7, null],
      x: [0, 1, 2, 3],
      y: [0, 0, 0, 0],
    }),
    'datasets.groups': () => ({
      rules: GroupRules.parse({}),
      groups: 0,
      grouped: 0,
      leaks: [],
      undivided: [],
      slowNames: 0,
    }),
    ...({
      'bank.map': () => {
        known = { ...known, map: looked }
        return { photos: 4 }
      },
    } as FakeCalls),
  })
  await mountRoom(MapTab, { api, props: { dataset: someDataset } })
  usePhotoRoom().open(someDataset.id)
  await flushPromises()
  return api
}
const theMap = () => all('[role="application"]')[0]!
const legend = () => all('.entry').map((it) => it.textContent.replaceAll(/\s+/g, ' ').trim())

it('is made on a click, and shown as soon as it is there', async () => {
  await open(null)
  expect(text()).toContain('A network looks at all photos')
  await press('Make the map')
  await flushPromises()
  expect(theMap().getAttribute('aria-label')).toBe('Map of 4 photos')
})

it('tells its marks by class, split, answer and certainty, and selects all of one', async () => {
  await open()
  expect(legend()).toEqual(['ants2', 'bees1', 'Without a label1'])
  await press('Certainty')
  expect(legend()).toEqual(['sure, above .91', 'rather, .5 to .91', 'unsure, below .51', 'not known1'])
  await press('Answer of the last run')
  expect(legend()).toEqual(['Right1', 'Wrong1', 'not known2'])
  await press(/^Wrong/)
  expect([...usePhotoRoom().selected]).toEqual(['ants/2.jpg'])
  expect(text()).toContain('1 of 4 selected')
})

it('is walked with the keys: to the next photo, and into the selection', async () => {
  await open()
  const map = theMap()
  const key = async (name: string) => {
    map.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }))
    await flushPromises()
  }
  await key('ArrowLeft')
  for (let i = 0; i < 4; i += 1) await key('ArrowLeft')
  await key(' ')
  await key('ArrowRight')
  await key(' ')
  const chosen = [...usePhotoRoom().selected].toSorted()
  expect([
    ['ants/1.jpg', 'ants/2.jpg'],
    ['bees/1.jpg', 'c.jpg'],
  ]).toContainEqual(chosen)
})
