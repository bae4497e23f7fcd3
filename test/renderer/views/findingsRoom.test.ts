import { flushPromises } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import type { KeptFinding } from '../../../src/shared/api/findings.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import FindingsRoom from '../../../src/renderer/views/FindingsRoom.vue'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, press } from '../support/page.ts'
import { someDataset } from '../support/samples.ts'

beforeAll(layOut)

const findings: KeptFinding[] = [
  {
    id: 'one',
    finding: 'near-duplicate',
    photos: ['train/ants/a.jpg', 'train/ants/b.jpg'],
    pictures: ['d.insects.a', 'd.insects.b'],
    detail: { copies: 2 },
    dismissed: false,
  },
  {
    id: 'two',
    finding: 'likely-mislabel',
    photos: ['train/ants/c.jpg'],
    pictures: ['d.insects.c'],
    detail: { class: 'ants', suggested: 'bees', probability: 0.97 },
    dismissed: false,
  },
  {
    id: 'three',
    finding: 'unreadable',
    photos: ['train/ants/x.jpg'],
    pictures: [null],
    detail: { code: 'photo.damaged', message: 'It is damaged.' },
    dismissed: true,
  },
]

async function open(found = findings, checked: string | null = '2026-11-28T12:00:00.000Z'): Promise<FakeApi> {
  const api = fakeApi({
    'datasets.list': () => ({ datasets: [someDataset] }),
    'datasets.history': () => ({ total: 0, items: [], undo: false, redo: false }),
    'findings.get': () => ({ checked, by: null, findings: found }),
    'findings.dismiss': () => ({}),
    'datasets.decide': () => {
      throw new Error('told in the test of what it asks')
    },
  })
  await mountRoom(FindingsRoom, { api, at: `/photos/${someDataset.id}/findings` })
  await flushPromises()
  return api
}
const cards = () => all('article').map((it) => it.getAttribute('aria-label'))
const inputs = (api: FakeApi, call: string) =>
  api.made.filter((it) => it.call === call).map(({ input }) => input)

it('counts open findings on the tab, and says nothing there before the first check', async () => {
  const tab = () => all('[role="tab"]')[1]!.textContent.trim()
  await open()
  expect(tab()).toBe('Findings 2')
  document.body.replaceChildren()
  await open([], null)
  expect(tab()).toBe('Findings')
})

it('shows what is open with its photos, and hides what is dismissed', async () => {
  const api = await open()
  expect(cards()).toEqual(['Near-duplicates', 'Likely mislabelled'])
  expect(all('figure')).toHaveLength(3)
  await press('Dismiss')
  expect(inputs(api, 'findings.dismiss')).toEqual([
    { dataset: someDataset.id, findings: ['one'], dismissed: true },
  ])
  expect(cards()).toEqual(['Likely mislabelled'])
})

it('offers no kinds to choose from where nothing was found', async () => {
  await open([])
  expect(all('.kinds')).toEqual([])
  expect(document.body.textContent).toContain('Nothing found here')
})

it('leaves out all copies but one, and gives the likelier label', async () => {
  const api = await open()
  await press('Leave out 1')
  await press('Label as bees')
  expect(inputs(api, 'datasets.decide')).toMatchObject([
    { photos: ['train/ants/b.jpg'], act: { type: 'leaveOut', out: true } },
    { photos: ['train/ants/c.jpg'], act: { type: 'labelEach', classes: ['bees'] } },
  ])
  // Neither was done, so both are still there.
  expect(cards()).toHaveLength(2)
})

it('works off a whole kind at once: copies but one, labels above a line, or all dismissed; and takes it back', async () => {
  const api = await open()
  await press(/^Near-duplicates/)
  await press('Leave out one copy')
  expect(inputs(api, 'datasets.decide')).toMatchObject([{ photos: ['train/ants/b.jpg'] }])
  await press(/^Likely mislabelled/)
  await press('Relabel one as suggested')
  expect(inputs(api, 'datasets.decide')[1]).toMatchObject({ act: { type: 'labelEach', classes: ['bees'] } })
  await press('Dismiss one')
  expect(cards()).toEqual([])
  await useMessages().toasts.at(-1)!.undo!()
  await flushPromises()
  expect(cards()).toEqual(['Likely mislabelled'])
})

it('is worked off by keys alone', async () => {
  const api = await open()
  const key = async (name: string) => {
    ;(document.activeElement ?? document.body).dispatchEvent(
      new KeyboardEvent('keydown', { key: name, bubbles: true }),
    )
    await flushPromises()
  }
  await key('j')
  await key('j')
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Likely mislabelled')
  await key('d')
  expect(inputs(api, 'findings.dismiss')).toEqual([
    { dataset: someDataset.id, findings: ['two'], dismissed: true },
  ])
  await key('x')
  expect(inputs(api, 'datasets.decide')).toMatchObject([{ photos: ['train/ants/b.jpg'] }])
})
