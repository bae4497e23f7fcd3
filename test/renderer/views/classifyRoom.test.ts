import { flushPromises } from '@vue/test-utils'
import { storeToRefs } from 'pinia'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type {
  ClassificationSummary,
  ClassifyModel,
  Review,
  Reviewed,
} from '../../../src/shared/api/classify.ts'
import { ReviewSettings } from '../../../src/shared/api/classify.ts'
import type { Job } from '../../../src/shared/api/jobs.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import ClassifyRoom from '../../../src/renderer/views/ClassifyRoom.vue'
import { useClassify } from '../../../src/renderer/stores/classify.ts'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { useSending } from '../../../src/renderer/stores/sending.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, press, text } from '../support/page.ts'
import { awkwardNames, someRun, starterWeights } from '../support/samples.ts'

beforeAll(layOut)

const names = ['벌 "하나".jpg', "it's a bee.jpg", 'broken.jpg']
const parameters = { file: `/p/${names[2]!}` }
const unreadable = { code: 'photo.empty', parameters, message: '', advice: '' } as never
const top = [0.9, 0.1].map((probability, index) => ({ index, class: awkwardNames[index]!, probability }))
const even = [0.51, 0.49].map((probability, index) => ({ index, class: `class ${index}`, probability }))
const answers: Reviewed[] = (
  [
    { top, error: null, verdict: 'sure', answer: awkwardNames[0]!, set: top.slice(0, 1) },
    { top: even, error: null, verdict: 'unsure', answer: null, set: even },
    { top: [], error: unreadable, verdict: 'unreadable', answer: null, set: [] },
  ] as const
).map((it, index) => ({
  ...{ ...it, top: [...it.top], set: [...it.set], index, path: `/p/${names[index]!}` },
  ...{ distance: null, taken: null, picture: `s.job.${index}` },
}))
const summary: ClassificationSummary = {
  ...{
    id: 'job',
    name: 'mine',
    created: '2026-11-28T12:00:00.000Z',
    model: { run: someRun.id },
    modelName: 'insects',
  },
  ...{ mirrored: false, classes: awkwardNames, total: 3, done: 3, failed: 1, seconds: 2, finished: true },
  ...{ watched: null, accuracy: null },
}
const review: Review = {
  settings: ReviewSettings.parse({}),
  counts: { sure: 1, group: 0, unsure: 1, stranger: 0, unreadable: 1, decided: 0, none: 0 },
  answers: [],
  promised: null,
}

let api: FakeApi
let calls: FakeCalls
beforeEach(() => {
  calls = {
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'models.list': () => ({ weights: [starterWeights], offers: [] }),
    'classify.list': () => ({ classifications: [summary] }),
    'classify.begin': () => ({ job: 'job', classification: 'job', photos: 3 }),
    'classify.answers': ({ from = 0 }) => ({ answers: answers.slice(from), next: 3, done: true }),
    'classify.get': () => summary,
    'classify.review': () => review,
    'classify.export': () => ({ bytes: 1, download: 'csv' }),
  }
})

async function open(at = '/classify'): Promise<void> {
  api = fakeApi(calls)
  await mountRoom(ClassifyRoom, { api, at })
  await flushPromises()
}
const made = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)

/** As the browser hands over what was dropped or pasted. */
function handOver(kind: 'drop' | 'paste', files: File[]): void {
  const event = new Event(kind, { bubbles: true, cancelable: true })
  Object.defineProperty(event, kind === 'drop' ? 'dataTransfer' : 'clipboardData', {
    value: { files, items: [] },
  })
  document.querySelector('main')!.dispatchEvent(event)
}

it('Without any network it leads to training one', async () => {
  calls['runs.list'] = () => ({ runs: [], damaged: [] })
  calls['models.list'] = () => ({ weights: [], offers: [] })
  await open()
  expect(text()).toContain('There is no network to answer yet')
})

describe('who answers', () => {
  it('is the run that the address names, or another one that is chosen', async () => {
    await open(`/classify?run=${someRun.id}`)
    const select = document.querySelector('select')!
    expect(select.selectedOptions[0]!.textContent.trim()).toBe('insects (147 of 153)')
    select.value = 'file '
    select.dispatchEvent(new Event('change'))
    await flushPromises()
    expect(useClassify().model).toEqual({ backbone: 'efficientnet-lite0', weights: null, labels: null })
  })
})

describe.each(['drop', 'paste'] as const)('photos by %s', (kind) => {
  it('are sent with their names, whatever stands in them, and answered with bars', async () => {
    await open()
    const sent: string[] = []
    api.upload = (file, { name }) => {
      sent.push(name)
      return Promise.resolve({ file: `/up/${file.name}`, folder: '/up', bytes: 3 })
    }
    handOver(
      kind,
      names.map((name) => new File(['abc'], name)),
    )
    await flushPromises()
    expect(sent).toEqual(names)
    const paths = names.map((name) => `/up/${name}`)
    expect(made('classify.begin')).toMatchObject([{ paths, model: { run: someRun.id } }])
    expect(all('.result .name').map((it) => it.textContent)).toEqual(names)
    expect(all('.result .answer-row bdi')[0]!.textContent).toBe(awkwardNames[0])
    expect(all('.result .answer-row')[0]!.textContent).toContain('.900')
    expect(all('.result')[2]!.textContent).toContain('“broken.jpg” is empty')
    expect(all('img', /onerror/)).toEqual([])
  })
})

it('Photos that are there before it is known who answers are answered once it is', async () => {
  let tell = (): void => {}
  const told = new Promise<void>((resolve) => (tell = resolve))
  calls['runs.list'] = async () => {
    await told
    return { runs: [someRun], damaged: [] }
  }
  await open()
  api.pathOf = (file) => `/p/${file.name}`
  handOver('drop', [new File(['abc'], names[0]!)])
  await flushPromises()
  expect(made('classify.begin')).toEqual([])
  tell()
  await flushPromises()
  expect(made('classify.begin')).toMatchObject([{ model: { run: someRun.id } }])
})

it('How far photos are on their way is told for every room, until they are sent or given up', async () => {
  await open()
  const { all: works } = storeToRefs(useSending())
  const sent: (() => void)[] = []
  api.upload = (file, { signal }) =>
    new Promise((resolve, reject) => {
      sent.push(() => resolve({ file: `/up/${file.name}`, folder: '/up', bytes: 3 }))
      signal?.addEventListener('abort', () => reject(new ThawError('cancelled')))
    })
  const drop = () =>
    handOver(
      'drop',
      names.slice(0, 2).map((name) => new File(['abc'], name)),
    )
  drop()
  await flushPromises()
  expect(works.value).toMatchObject([{ done: 0, total: 2 }])
  sent.pop()!()
  await flushPromises()
  expect(works.value).toMatchObject([{ done: 1, total: 2 }])
  sent.pop()!()
  await flushPromises()
  expect(works.value).toEqual([])
  expect(made('classify.begin')).toHaveLength(1)

  drop()
  await flushPromises()
  works.value[0]!.stop()
  await flushPromises()
  expect(works.value).toEqual([])
  expect(made('classify.begin')).toHaveLength(1)
  expect(useMessages().toasts).toEqual([])
})

it('The answers are copied as a table with a line of names above, and nothing in a name ends a cell', async () => {
  const copied: string[] = []
  vi.stubGlobal('navigator', {
    clipboard: { writeText: (text: string) => Promise.resolve(copied.push(text)) },
  })
  calls['classify.answers'] = () => ({
    answers: [{ ...answers[0]!, path: '/p/a\tb.jpg', verdict: 'unsure' as const, answer: null }],
    ...{ next: 1, done: true },
  })
  await open('/classify/c')
  await press('Copy as a table')
  vi.unstubAllGlobals()
  const probability = answers[0]!.top[0]!.probability
  expect(copied[0]!.split('\n').map((line) => line.split('\t'))).toEqual([
    ['Photo', 'Answer', 'State', 'Likeliest class', 'Probability'],
    ['/p/a b.jpg', '', 'Unsure', answers[0]!.top[0]!.class, String(probability)],
  ])
  expect(useMessages().toasts[0]!.text!()).toBe('1 answer copied')
})

it('A photo that cannot be sent is told of, and the others go on', async () => {
  await open()
  api.upload = (file) =>
    file.name === names[1]
      ? Promise.reject(new ThawError('upload.too-large', { limit: '512 MB' }))
      : Promise.resolve({ file: `/up/${file.name}`, folder: '/up', bytes: 3 })
  handOver(
    'drop',
    names.map((name) => new File(['abc'], name)),
  )
  await flushPromises()
  expect(made('classify.begin')).toMatchObject([{ paths: [`/up/${names[0]!}`, `/up/${names[2]!}`] }])
  expect(useMessages().toasts[0]!.error!.code).toBe('upload.too-large')
})

describe('answers', () => {
  beforeEach(async () => {
    await open()
    await press('Choose a folder')
    useDialogs().picker!.answer(['/p'])
    await flushPromises()
  })

  it('can be looked at by class, and where the network is unsure or the photo unreadable', async () => {
    expect(text()).toContain('3 photos classified in 2 s')
    expect(text()).toContain('1 could not be read')
    await press(/^Unsure/)
    expect(all('.result')).toHaveLength(1)
    await press(/^Unreadable/)
    expect(all('.result .name')[0]!.textContent).toBe(names[2])
  })

  it('are rows of a table too', async () => {
    await press('Table')
    expect(document.querySelector('[role="table"]')).not.toBeNull()
  })

  it('say what their probabilities are', async () => {
    expect(text()).toContain('probabilities are the network’s own, not calibrated')
    const promised = { photos: 153, interval: [0.9, 0.98] as [number, number], weak: true }
    calls['classify.review'] = () => ({ ...review, promised: { ...promised, temperature: 1.2, curve: [] } })
    await open('/classify/job')
    expect(text()).toContain('probabilities are calibrated on 153 validation photos')
    expect(text()).not.toContain('can be promised right')
  })

  it('say why none of them is sure where the validation photos are too few for the promise', async () => {
    // 19 photos are the fewest that hold 95 times in 100: ⌈20 · .95⌉ = 19.
    for (const [photos, isTold] of [
      [18, true],
      [19, false],
    ] as const) {
      const promised = {
        photos,
        interval: [0.8, 1] as [number, number],
        weak: true,
        temperature: 1,
        curve: [],
      }
      calls['classify.review'] = () => ({
        ...review,
        settings: { ...review.settings, promise: 0.95 },
        promised,
      })
      await open('/classify/job')
      expect(
        text().includes(`From ${photos} validation photos no answer can be promised right 95 times`),
      ).toBe(isTold)
    }
  })

  it('are those of a person where she has given one, in the table and large, with what the network gave that class', async () => {
    const decided = { ...answers[0]!, verdict: 'decided' as const, answer: awkwardNames[1]! }
    const grouped = { ...answers[1]!, verdict: 'group' as const, answer: 'insects' }
    calls['classify.answers'] = () => ({ answers: [decided, grouped], next: 2, done: true })
    await open('/classify/other')
    await press('Table')
    const rows = all('[role="table"] .whole [role="row"]').map((row) =>
      [...row.querySelectorAll('[role="cell"]')].slice(1).map((it) => it.textContent.trim()),
    )
    expect(rows).toEqual([
      [awkwardNames[1], '.100', 'By hand'],
      ['insects', '', 'Group'],
    ])
    for (const [index, name] of [awkwardNames[1], 'insects'].entries()) {
      all('[role="table"] .open')[index]!.click()
      await flushPromises()
      expect(document.querySelector('.told h2')!.textContent).toBe(name)
      await press('All answers')
    }
  })

  it('are saved as a table', async () => {
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    await press('Save as a table (CSV)')
    click.mockRestore()
    expect(made('classify.export')).toEqual([{ classification: 'job', format: 'csv' }])
  })
})

const job = {
  ...{ id: 'job', kind: 'classify', subject: 'mine', state: 'running', paused: false, place: null },
  ...{
    progress: { done: 1, total: 3 },
    secondsLeft: 9,
    detail: null,
    crowded: false,
    created: '',
    started: '',
  },
  ...{ ended: null, result: null, error: null },
} satisfies Job

it('A watched folder that is gone is named until it is back', async () => {
  await open('/classify/job')
  const told = async (detail: Job['detail']) => {
    api.emit('job.changed', { ...job, kind: 'watch', detail })
    await flushPromises()
    return text()
  }
  expect(await told({ away: '/p/inbox' })).toContain('Once “/p/inbox” is there again')
  const back = await told({ failed: 0 })
  expect(back).toContain('The folder is watched')
  expect(back).not.toContain('/p/inbox')
})

it('Classifying can be paused and cancelled, and what was found stays', async () => {
  calls['classify.answers'] = ({ from = 0 }) => ({ answers: answers.slice(from, 1), next: 1, done: true })
  calls['classify.get'] = () => ({ ...summary, finished: false })
  calls['jobs.cancel'] = () => ({})
  calls['jobs.pause'] = () => ({})
  await open('/classify/job')
  const first = { progress: { done: 0, total: 3 }, detail: { known: 5, ofKnown: 40 } }
  api.emit('job.changed', { ...job, ...first })
  await flushPromises()
  expect(text()).toMatch(/its own photos tell how sure is sure ?5 of 40/)
  api.emit('job.changed', job)
  await flushPromises()
  expect(text()).toContain('1 of 3')
  await press('Pause')
  expect(made('jobs.pause')).toEqual([{ job: 'job' }])
  await press('Cancel')
  expect(made('jobs.cancel')).toEqual([{ job: 'job' }])
  api.emit('job.changed', { ...job, state: 'cancelled', ended: '' })
  await flushPromises()
  expect(all('.result .answer')).toHaveLength(1)
  expect(control('Go on')).toBeDefined()
  expect(all('[role="alert"]')).toEqual([])
})

it('Before its first answer a running classification says that answers are to come, a finished one that there is nothing', async () => {
  calls['classify.answers'] = () => ({ answers: [], next: 0, done: true })
  calls['classify.get'] = () => ({ ...summary, done: 0, finished: false })
  await open('/classify/job')
  api.emit('job.changed', { ...job, progress: { done: 0, total: 3 } })
  await flushPromises()
  expect(text()).toContain('Answers appear here as they are made.')
  expect(text()).not.toContain('No photo here.')
  api.emit('job.changed', { ...job, state: 'cancelled', ended: '' })
  await flushPromises()
  expect(text()).toContain('No photo here.')
})

async function compareTwo(model: ClassifyModel = { run: 'another' }): Promise<void> {
  const other = { ...summary, id: 'other', name: 'other', model }
  calls['classify.list'] = () => ({ classifications: [summary, other] })
  await open()
  for (const box of document.querySelectorAll<HTMLInputElement>('.kept input')) {
    box.click()
    await flushPromises()
  }
  await press('Compare two')
  await flushPromises()
}

it('One that nobody has answered yet is listed without a network', async () => {
  calls['classify.list'] = () => ({ classifications: [{ ...summary, modelName: '', done: 0 }] })
  await open()
  expect(all('.kept .about')[0]!.textContent.replaceAll(/\s+/g, ' ')).not.toContain('· ·')
})

it('What was classified before is listed, and two of them can be compared', async () => {
  const differ = [{ path: '/p/a.jpg', picture: 's.job.0', a: top[0]!, b: even[0]! }]
  calls['classify.compare'] = () => ({ photos: 3, same: 2, right: null, differ })
  await compareTwo()
  expect(made('classify.compare')).toEqual([{ a: 'job', b: 'other' }])
  expect(document.body.textContent).toContain('3 photos in both: 2 answered alike, 1 not.')
  expect(all('[role="dialog"] .pair')).toHaveLength(2)
})

it('Two by one network are not compared, and that is said', async () => {
  await compareTwo(summary.model)
  expect(text()).toContain('Both are answers of the same network.')
  expect(made('classify.compare')).toEqual([])
  expect(all('[role="dialog"]')).toEqual([])
})

it('Another network is offered to compare with, never the one that answered', async () => {
  const others = [
    { ...summary, id: 'again', name: 'again' },
    {
      ...summary,
      id: 'other',
      name: 'other',
      modelName: 'lite',
      model: { file: '/w/l.safetensors', labels: null },
    },
    {
      ...summary,
      id: 'elsewhere',
      name: 'elsewhere',
      model: { file: '/w/m.safetensors', labels: null },
    },
  ]
  calls['classify.shared'] = () => ({
    shared: [
      { classification: 'again', photos: 3 },
      { classification: 'other', photos: 2 },
    ],
  })
  calls['classify.list'] = () => ({ classifications: [summary, ...others] })
  await open('/classify/job')
  await press('Compare with another network')
  await flushPromises()
  const dialog = all('[role="dialog"]')[0]!
  const offered = [...dialog.querySelectorAll('option')].map((it) => it.textContent.trim())
  expect(offered).toContain('EfficientNet-Lite0')
  expect(offered.filter((it) => it.startsWith(someRun.name))).toEqual([])
  expect([...dialog.querySelectorAll('.others li')].map((it) => it.textContent)).toEqual([
    expect.stringMatching(/other.*2 photos in common/s),
  ])
})

it('Two that answer all photos alike are compared without an empty table', async () => {
  calls['classify.compare'] = () => ({ photos: 3, same: 3, right: null, differ: [] })
  await compareTwo()
  expect(document.body.textContent).toContain('3 photos in both: 3 answered alike')
  expect(all('[role="dialog"] .pair')).toEqual([])
})

it('A comparison that fails is told of, and leaves no empty window', async () => {
  calls['classify.compare'] = () => {
    throw new ThawError('run.missing', { run: 'other' })
  }
  await compareTwo()
  expect(useMessages().toasts[0]!.error!.code).toBe('run.missing')
  expect(all('[role="dialog"]')).toEqual([])
})

it('A folder without photos, and a network that fails, are told of', async () => {
  calls['classify.begin'] = () => {
    throw new ThawError('dataset.no-photos', { folder: '/leer', extensions: '.jpg' })
  }
  await open()
  await press('Choose a folder')
  useDialogs().picker!.answer(['/leer'])
  await flushPromises()
  expect(useMessages().toasts[0]!.error!.code).toBe('dataset.no-photos')
})

it('takes a weight file that is dropped, which answers from then on', async () => {
  const file = '/mine/bees.safetensors'
  const added = { ...starterWeights, id: 'own-1', source: 'own' as const, file }
  calls['models.addFile'] = () => {
    calls['models.list'] = () => ({ weights: [starterWeights, added], offers: [] })
    return added
  }
  calls['models.inspect'] = () => ({
    ...{ file, format: 'safetensors', sha256: 'ab'.repeat(32), tensors: [], warnings: [] },
    metadata: { classes: JSON.stringify(awkwardNames) },
    fit: {
      ...{ network: 'efficientnet-lite0', missing: [], unexpected: [], misshapen: [], onlyHead: true },
      classes: 3,
    },
  })
  await open()
  api.pathOf = () => file
  handOver('drop', [new File(['abc'], 'bees.safetensors')])
  await flushPromises()
  expect(useClassify().model).toEqual({ file, labels: null })
  expect(made('classify.begin')).toEqual([])
  expect(text()).toContain('This is EfficientNet-Lite0, with 3 classes.')
  expect(text()).toContain('ab'.repeat(32))
})
