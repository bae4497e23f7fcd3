import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Classified } from '../../../src/shared/api/classify.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import ClassifyRoom from '../../../src/renderer/views/ClassifyRoom.vue'
import { useClassify } from '../../../src/renderer/stores/classify.ts'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, later, press, text } from '../support/page.ts'
import { awkwardNames, someRun, starterWeights } from '../support/samples.ts'

beforeAll(layOut)

const names = ['벌 "하나".jpg', "it's a bee.jpg", 'broken.jpg']
const parameters = { file: `/p/${names[2]!}` }
const unreadable = { code: 'photo.empty', parameters, message: '', advice: '' } as never
const answers: Classified[] = [
  {
    index: 0,
    path: `/p/${names[0]!}`,
    top: [0.9, 0.1].map((probability, index) => ({ index, class: awkwardNames[index]!, probability })),
    error: null,
  },
  {
    index: 1,
    path: `/p/${names[1]!}`,
    top: [0.51, 0.49].map((probability, index) => ({ index, class: `class ${index}`, probability })),
    error: null,
  },
  { index: 2, path: `/p/${names[2]!}`, top: [], error: unreadable },
]
const selection = {
  selection: 'sel',
  total: 3,
  photos: names.map((name, index) => ({ index, name, path: `/p/${name}`, picture: `s.sel.${index}` })),
}

let api: FakeApi
let calls: FakeCalls
beforeEach(() => {
  calls = {
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'models.list': () => ({ weights: [starterWeights], offers: [] }),
    'selections.make': () => selection,
    'classify.start': (_, { onProgress }) => {
      onProgress?.(answers)
      return { result: 'res', photos: 3, failed: 1, seconds: 2 }
    },
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
    expect(made('selections.make')).toMatchObject([{ paths: names.map((name) => `/up/${name}`) }])
    expect(made('classify.start')).toMatchObject([{ selection: 'sel', model: { run: someRun.id } }])
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
  expect(made('selections.make')).toHaveLength(1)
  expect(made('classify.start')).toEqual([])
  tell()
  await flushPromises()
  expect(made('classify.start')).toMatchObject([{ selection: 'sel', model: { run: someRun.id } }])
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
  expect(made('selections.make')).toMatchObject([{ paths: [`/up/${names[0]!}`, `/up/${names[2]!}`] }])
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

  it('are saved as a table', async () => {
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    await press('Save as a table (CSV)')
    click.mockRestore()
    expect(made('classify.export')).toEqual([{ result: 'res' }])
  })
})

it('Classifying can be cancelled, and what was found stays', async () => {
  const done = later<never>()
  calls['classify.start'] = (_, { signal, onProgress }) => {
    onProgress?.(answers.slice(0, 1))
    signal!.addEventListener('abort', () => done.reject(new ThawError('cancelled')))
    return done.promise
  }
  await open()
  await press('Choose photos')
  useDialogs().picker!.answer(['/p/1.jpg'])
  await flushPromises()
  expect(text()).toContain('1 of 3')
  await press('Cancel')
  expect(all('.result .answer')).toHaveLength(1)
  expect(control('Classify again')).toBeDefined()
  expect(all('[role="alert"]')).toEqual([])
})

it('A folder without photos, and a network that fails, are told of', async () => {
  calls['selections.make'] = () => {
    throw new ThawError('dataset.no-photos', { folder: '/leer', extensions: '.jpg' })
  }
  await open()
  await press('Choose a folder')
  useDialogs().picker!.answer(['/leer'])
  await flushPromises()
  expect(useMessages().toasts[0]!.error!.code).toBe('dataset.no-photos')
})
