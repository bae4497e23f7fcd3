import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import type { Review } from '../../../src/shared/api/classify.ts'
import { ReviewSettings } from '../../../src/shared/api/classify.ts'
import type { FilingAct, FilingSummary, LeftPhoto } from '../../../src/shared/api/filing.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import FilingRoom from '../../../src/renderer/views/FilingRoom.vue'
import { useFiling } from '../../../src/renderer/stores/filing.ts'
import { useClassify } from '../../../src/renderer/stores/classify.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, press, text } from '../support/page.ts'
import { someRun } from '../support/samples.ts'

beforeAll(layOut)

const clash = { kind: 'there' as const, with: '/sorted/a.jpg', choice: 'number' as const, replaceable: true }
const act = (number: number, more: Partial<FilingAct> = {}): FilingAct => ({
  ...{
    number,
    act: 'copy',
    from: `/p/${number}.jpg`,
    to: `/sorted/${number}.jpg`,
    bytes: 1,
    renamed: false,
    lost: [],
    sidecar: false,
  },
  ...{ clash: null, keyword: null, state: 'planned', reason: null },
  ...more,
})
const taken: LeftPhoto = {
  ...{ file: '/p/7.jpg', code: 'filing.read-only', message: 'English' },
  ...{ parameters: { file: '/p/7.jpg', folder: '/p' }, clash: null },
}
const summary = (id: string, more: Partial<FilingSummary> = {}): FilingSummary => ({
  ...{ id, created: '2026-11-01T12:00:00.000Z', how: 'copy', target: '/sorted', pattern: '{class}/{name}' },
  ...{
    acts: 2,
    renamed: 1,
    replaced: 0,
    sidecars: 0,
    losing: 0,
    done: 0,
    left: 1,
    needs: 1,
    free: 9,
    inside: null,
    damaged: false,
  },
  ...more,
})

const nothingPromised: Review = {
  settings: ReviewSettings.parse({}),
  counts: { sure: 2, group: 0, unsure: 0, stranger: 0, unreadable: 0, decided: 0, none: 0 },
  ...{ answers: [], promised: null },
}
let api: FakeApi
let acts: FilingAct[]
let calls: FakeCalls
beforeEach(async () => {
  acts = [act(0), act(1, { renamed: true, clash })]
  calls = {
    'classify.answers': () => ({ answers: [], next: 0, done: true }),
    'classify.get': () => ({
      ...{ id: 'c', name: 'meadow', created: '', model: { run: someRun.id }, modelName: '', mirrored: false },
      ...{ classes: [], total: 2, done: 2, failed: 0, seconds: 1, finished: true, watched: null },
      accuracy: null,
    }),
    'filing.list': () => ({ filings: [summary('past', { done: 2 })] }),
    'filing.plan': ({ choices = {} }) =>
      summary('new', { inside: '/p', replaced: Object.values(choices).includes('replace') ? 1 : 0 }),
    'filing.get': ({ filing }) => summary(filing, { done: 2 }),
    'filing.acts': ({ filing }) => ({
      total: 2,
      acts: filing === 'past' ? acts.map((it) => ({ ...it, state: 'done' as const })) : acts,
    }),
    'filing.left': () => ({ total: 1, left: [taken] }),
    'filing.undo': () => ({ job: 'undoing' }),
  }
  // Looked up at each call, so that a test may answer otherwise.
  api = fakeApi({
    ...calls,
    'filing.plan': (...asked) => calls['filing.plan']!(...asked),
    'filing.acts': (...asked) => calls['filing.acts']!(...asked),
    'filing.list': (...asked) => calls['filing.list']!(...asked),
    'filing.get': (...asked) => calls['filing.get']!(...asked),
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await mountRoom(FilingRoom, { api, at: '/classify/c/file' })
  await flushPromises()
  vi.useRealTimers()
})

const asked = () => api.made.filter(({ call }) => call === 'filing.plan').map(({ input }) => input)
async function target(folder: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>('#filing-target')!
  field.value = folder
  field.dispatchEvent(new Event('change'))
  await vi.waitFor(() => expect(text()).toContain('2 photos are copied, 1 stays.'))
}

it('makes no list before a folder is chosen, and says where the target lies among the photos', async () => {
  expect(text()).toContain('Choose the folder to file into.')
  expect(asked()).toEqual([])
  await target('/sorted')
  expect(text()).toContain('Where “/p” is watched, filed photos are not taken for new ones.')
})

it('tells of each new path what lies below the folder: the rest is the same in all, and would hide the class', async () => {
  await target('/sorted')
  expect(all('.acts [title="/sorted/0.jpg"]').map((it) => it.textContent)).toEqual(['0.jpg'])
})

it('says before which photos may lose what is stored beside them, and what that is', async () => {
  acts = [
    act(0, { lost: ['user.xdg.tags'] }),
    act(1, { lost: ['user.rating', 'user.xdg.tags'], renamed: true, clash }),
  ]
  const plan = calls['filing.plan']!
  calls['filing.plan'] = async (...asked) => ({ ...(await plan(...asked)), losing: 2 })
  await target('/sorted')
  expect(text()).toContain('2 photos may lose what is stored beside them')
  expect(text()).toContain(
    'The disk of “/sorted” may not keep a file manager’s tags and the like: user.rating, user.xdg.tags.',
  )
  expect(text()).toContain('may lose user.xdg.tags')
  await press('May lose tags 2')
  expect(all('.acts .act:not(.head)')).toHaveLength(2)
})

it('asks about each taken name by itself, and replaces only what was chosen', async () => {
  await target('/sorted')
  expect(asked()).toMatchObject([{ choices: {} }])
  const select = document.querySelector<HTMLSelectElement>('.acts select')!
  expect(select.ariaLabel ?? select.getAttribute('aria-label')).toBe('What becomes of 1.jpg')
  expect([...select.options].map(({ value }) => value)).toEqual(['number', 'skip', 'replace'])
  select.value = 'replace'
  select.dispatchEvent(new Event('change'))
  await vi.waitFor(() => expect(text()).toContain('1 file gives up its name and is set aside.'))
  expect(asked()[1]).toMatchObject({ clash: 'number', choices: { '/p/1.jpg': 'replace' } })
})

it('carries out no list but the one of the settings that are shown', async () => {
  await target('/sorted')
  const button = () => document.querySelector<HTMLButtonElement>('.foot .button-primary')!
  await vi.waitFor(() => expect(button().disabled).toBe(false))
  await press('Move')
  expect(button().disabled).toBe(true)
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }))
  await flushPromises()
  expect(api.made.filter(({ call }) => call === 'filing.file')).toEqual([])
  await vi.waitFor(() => expect(asked()).toHaveLength(2))
  await vi.waitFor(() => expect(button().disabled).toBe(false))
})

it.each(['filing.plan', 'filing.acts'] as const)(
  'of two lists the one that was asked for last is shown, and carried out, however late the other one comes (%s)',
  async (slow) => {
    const store = useFiling()
    const settings = { how: 'copy', pattern: '{name}', clash: 'number', choices: {} } as const
    const rest = { prefix: '', language: 'en' } as const
    let release = (): void => undefined
    const late = new Promise<void>((resolve) => (release = resolve))
    let plans = 0
    calls['filing.plan'] = async () => {
      plans += 1
      const id = `list ${plans}`
      if (slow === 'filing.plan' && id === 'list 1') await late
      return summary(id)
    }
    calls['filing.acts'] = async ({ filing }) => {
      if (slow === 'filing.acts' && filing === 'list 1') await late
      return { total: 1, acts: [act(filing === 'list 1' ? 1 : 2)] }
    }
    const first = store.draw('c', { ...settings, ...rest, target: '/one' })
    await flushPromises()
    await store.draw('c', { ...settings, ...rest, target: '/two' })
    release()
    await first
    await flushPromises()
    expect(store.plan?.id).toBe('list 2')
    expect(store.acts.map(({ number }) => number)).toEqual([2])
  },
)

it.each([
  ['tench', true],
  ['ants', false],
])(
  'lets ImageNet’s classes be called in either language where the page is Korean, and begins with what it shows (%s: %s)',
  async (name, isOffered) => {
    onTestFinished(() => void (i18n.global.locale.value = 'en'))
    const about = await calls['classify.get']!({ classification: 'c' }, {})
    api = fakeApi({
      ...calls,
      'classify.get': () => ({ ...about, classes: [name] }),
      'classify.review': () => nothingPromised,
    })
    await mountRoom(FilingRoom, { api, at: '/classify/c/file' })
    i18n.global.locale.value = 'ko'
    // ImageNet's names are loaded where they are first wanted.
    await import('../../../assets/imagenet-classes.json')
    await flushPromises()
    await vi.waitFor(() => expect(text().includes('클래스 이름의 언어')).toBe(isOffered))
    await target('/sorted').catch(() => undefined)
    expect(asked().at(-1)).toMatchObject({ language: 'ko' })
    if (!isOffered) return
    await press('English')
    await vi.waitFor(() => expect(asked().at(-1)).toMatchObject({ language: 'en' }))
  },
)

it('says in Korean why a photo stays', async () => {
  i18n.global.locale.value = 'ko'
  await target('/sorted').catch(() => undefined)
  expect(text()).toContain('폴더가 읽기 전용입니다')
  expect(text()).not.toContain('English')
  i18n.global.locale.value = 'en'
})

it('draws its list anew once all of it was taken back, so that all can be filed again', async () => {
  await target('/sorted')
  const store = useFiling()
  const states = (state: FilingAct['state']) => acts.map((it) => ({ ...it, state }))
  const undone = states('undone')
  calls['filing.acts'] = () => ({ total: 2, acts: asked().length === 1 ? undone : acts })
  calls['filing.get'] = ({ filing }) => summary(filing, { done: asked().length === 1 ? 0 : 2 })
  await store.show('new')
  store.isPast = false
  await vi.waitFor(() => expect(asked()).toHaveLength(2))
  await vi.waitFor(() => expect(store.acts.map(({ state }) => state)).toEqual(['planned', 'planned']))
  expect(store.waiting).toBe(2)
})

it('opens what was filed weeks ago, to be taken back photo by photo', async () => {
  await press(/^Show 2 photos of/)
  await flushPromises()
  expect(all('.acts select')).toEqual([])
  await press('Undo 0.jpg')
  await flushPromises()
  const undone = api.made.filter(({ call }) => call === 'filing.undo').map(({ input }) => input)
  expect(undone).toEqual([{ filing: 'past', acts: [0] }])
})

it('names a list that is damaged, with what can be taken back of it, and does not carry it out', async () => {
  calls['filing.list'] = () => ({
    filings: [
      summary('past', { done: 2, damaged: true }),
      summary('unknown', { acts: 0, damaged: true }),
      summary('never done', { damaged: false }),
    ],
  })
  calls['filing.get'] = ({ filing }) => summary(filing, { done: 1, damaged: true })
  calls['filing.acts'] = () => ({ total: 2, acts })
  api.emit('filing.changed', {})
  await flushPromises()
  expect(all('.past').map((it) => it.textContent.includes('List damaged'))).toEqual([true, true])
  expect(all('.past .button').map((it) => it.hasAttribute('disabled'))).toEqual([false, true])
  await press(/^Show 2 photos of/)
  await flushPromises()
  expect(text()).toContain('What its journal knows is shown here and can be undone')
  expect(control(/^Copy 2 photos/).hasAttribute('disabled')).toBe(true)
})

it('says that what is in the tray stays, since it is on no list', async () => {
  expect(text()).not.toContain('in the tray')
  const answer = { index: 0, class: 'ant', probability: 0.5 }
  useClassify().answers = ['unsure', 'stranger', 'sure'].map((verdict, index) => ({
    ...{ index, path: `/p/${index}.jpg`, picture: '', top: [answer], set: [answer], error: null },
    ...{ distance: null, taken: null, answer: null, verdict: verdict as 'unsure' },
  }))
  await target('/sorted')
  expect(text()).toContain('2 more are in the tray and stay')
})
