import { flushPromises } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { Settings } from '../../../src/shared/api/app.ts'
import type { Exported } from '../../../src/shared/api/exchange.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import type { RunSummary } from '../../../src/shared/run.ts'
import RunDetail from '../../../src/renderer/views/RunDetail.vue'
import RunsRoom from '../../../src/renderer/views/RunsRoom.vue'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { aJob } from '../support/fakeJobs.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, press, text } from '../support/page.ts'
import { awkwardNames, finishedEvent, someDetails, someEvents, someRun } from '../support/samples.ts'

vi.mock('../../../src/renderer/components/charts/LineChart.vue', () => ({ default: { render: () => null } }))
beforeAll(layOut)

let api: FakeApi
const made = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)

describe('the table of runs', () => {
  async function open(runs: RunSummary[], calls: FakeCalls = {}): Promise<void> {
    api = fakeApi({
      'runs.list': () => ({ runs, damaged: [] }),
      'runs.remove': () => ({}),
      'runs.restore': () => someRun,
      ...calls,
    })
    await mountRoom(RunsRoom, { api, at: '/runs' })
    await flushPromises()
  }

  it('says how to come to one where there is none', async () => {
    await open([])
    expect(text()).toContain('No run yet')
  })

  it('shows accuracy with count and interval, and what has none yet', async () => {
    await open([someRun, { ...someRun, id: 'b', name: 'b', state: 'running', best: null, plan: 'gradual' }])
    const [first, second] = all('tbody tr').map((it) => it.textContent)
    expect(first).toMatch(/147 of 153 ·\s*\.961\s*\(95%: \.917–\.982\)/)
    expect(first).toContain('Quick')
    expect(second).toContain('not evaluated yet')
    expect(second).toContain('Step by step')
  })

  it('leads to the live room while a run goes on, and to its page after that', async () => {
    await open([someRun, { ...someRun, id: 'b', state: 'paused' }])
    const [over, live] = all('tbody a').map((it) => it.getAttribute('href'))
    expect(over).toBe(`/runs/${someRun.id}`)
    expect(live).toBe('/runs/b/live')
  })

  it('puts a run into the trash, and brings it back', async () => {
    await open([someRun])
    await press('Delete: insects')
    expect(made('runs.remove')).toEqual([{ run: someRun.id }])
    await useMessages().toasts[0]!.undo!()
    expect(made('runs.restore')).toEqual([{ run: someRun.id }])
  })

  it('names plans in the language that is chosen while the table is open', async () => {
    await open([someRun])
    expect(all('tbody tr')[0]!.textContent).toContain('Quick')
    api.emit('settings.changed', { ...Settings.parse({}), language: 'ko' })
    await flushPromises()
    expect(all('tbody tr')[0]!.textContent).toContain('빠르게')
  })

  it('copies in a run of another machine, says so, and takes it back', async () => {
    await open([], {
      'files.browse': () => ({
        ...{ path: '/media/usb/run', parent: '/media/usb', roots: [], folders: [], files: [], photos: 0 },
      }),
      'runs.add': () => someRun,
    })
    await press('Add a run…')
    await flushPromises()
    useDialogs().picker!.answer(['/media/usb/run'])
    await flushPromises()
    expect(made('runs.add')).toEqual([{ folder: '/media/usb/run' }])
    const [toast] = useMessages().toasts
    expect(toast!.text!()).toBe('“insects” was added.')
    await toast!.undo!()
    expect(made('runs.remove')).toEqual([{ run: someRun.id }])
  })

  it('stars a run by the key of S, on a Korean keyboard as well, and throws it away by Delete', async () => {
    await open([someRun], { 'runs.mark': () => ({ marks: {}, columns: [] }) })
    const row = all('tbody tr')[0]!
    for (const key of [
      { key: 's', code: 'KeyS' },
      { key: 'ㄴ', code: 'KeyS' },
      { key: 'Delete', code: 'Delete' },
    ])
      row.dispatchEvent(new KeyboardEvent('keydown', { ...key, cancelable: true }))
    await flushPromises()
    expect(made('runs.mark')).toHaveLength(2)
    expect(made('runs.remove')).toHaveLength(1)
  })

  it('does not delete a run that is trained', async () => {
    await open([{ ...someRun, state: 'running' }])
    expect(all('button[disabled]', 'Delete: insects')).toHaveLength(1)
  })

  it('tells of folders that cannot be read', async () => {
    const { code, parameters } = new ThawError('not-found', { what: 'run.json' })
    const why = { code, parameters, message: '', advice: '' } as never
    await open([], { 'runs.list': () => ({ runs: [someRun], damaged: [{ folder: '/data/runs/x', why }] }) })
    expect(text()).toContain('A run’s folder cannot be read')
  })

  it('tells why it cannot be had', async () => {
    await open([], {
      'runs.list': () => {
        throw new ThawError('engine.gone', { part: 'library' })
      },
    })
    expect(all('[role="alert"]')).toHaveLength(1)
  })
})

const exported: Exported = {
  ...{ run: someRun.id, format: 'onnx', withPreparation: true, download: 'abc', name: 'x.onnx', bytes: 1 },
  sha256: 'ab'.repeat(32),
  check: {
    parity: { photos: 64, largestLogitDifference: 0.05, changedAnswers: 1 },
    certificate: {
      ...{ format: 'onnx', bytes: 1, sha256: 'ab'.repeat(32), thaw: '1', runtime: 'ONNX Runtime' },
      ...{ photos: 64, largestLogit: 8, good: true },
      network: { largestLogitDifference: 1.2e-5, changedAnswers: 0 },
      photo: { largestLogitDifference: 0.05, changedAnswers: 1 },
      file: { largestLogitDifference: 0.06, changedAnswers: 2, photos: 60, decoder: 'TensorFlow' },
    },
  },
}
/** What a job's work answers, see fakeJobs.ts. */
const jobAnswer = (call: string, answer: () => unknown) => ({ [call]: answer }) as FakeCalls

describe('the page of a run', () => {
  let room: VueWrapper
  async function open(run: RunSummary = someRun, calls: FakeCalls = {}): Promise<void> {
    const events = [...someEvents(run), finishedEvent]
    api = fakeApi({
      'runs.list': () => ({ runs: [run], damaged: [] }),
      'runs.get': () => someDetails(run),
      'runs.events': ({ from = 0 }) => ({ events: events.slice(from), next: events.length, done: true }),
      'runs.remove': () => ({}),
      ...jobAnswer('runs.export', () => exported),
      ...calls,
    })
    room = await mountRoom(RunDetail, { api, at: `/runs/${run.id}` })
    await flushPromises()
  }
  const rows = (label: string) => all(`[aria-label="${label}"] tr`).map((it) => it.textContent.trim())

  it('says what to expect, with count and interval, and that the epoch was chosen on the same photos', async () => {
    await open()
    expect(text()).toMatch(/147 of 153 ·\s*\.961/)
    expect(text()).toContain('expect between 92 and 98 of 100')
    expect(text()).toContain('chosen on these same photos')
    expect(text()).toContain('One photo is .65 points')
  })

  it('counts each class: matrix, precision, recall and F1', async () => {
    await open()
    expect(rows('Confusion matrix').slice(1)).toEqual(['70 ants67395.7%', '83 bees38096.4%'])
    expect(rows('Class by class')[1]).toBe('ants.957.957.95770')
    await press('Mix-ups')
    expect(rows('Mix-ups').slice(1)).toEqual(['antsbees3', 'beesants3'])
  })

  it('shows the mix-ups of two hundred classes instead of forty thousand cells, each name as it is written', async () => {
    const classes = [...awkwardNames, ...Array.from({ length: 196 }, (_, i) => `class ${i}`)]
    await open({ ...someRun, classes })
    expect(rows('Mix-ups')).toHaveLength(3)
    expect(all('[aria-label="Mix-ups"] bdi').map((it) => it.textContent)).toEqual([
      awkwardNames[0],
      awkwardNames[1],
      awkwardNames[1],
      awkwardNames[0],
    ])
    expect(all('img')).toEqual([])
  })

  it.each([
    ['Export as safetensors', 'safetensors', false, '.safetensors'],
    ['Export as PyTorch weights (.pth)', 'pth', false, '.pth'],
    ['Export as PyTorch program', 'pytorch', false, ' Python.zip'],
    ['Export as ONNX, prepared tensors', 'onnx', false, '.onnx'],
    ['Export as ONNX, RGB photos', 'onnx', true, ' photos.onnx'],
    ['Export as Web page (TensorFlow.js)', 'tfjs', false, ' web.zip'],
  ] as const)('is written by the button “%s”', async (button, format, withPreparation, ending) => {
    const saved: string[] = []
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      saved.push(`${this.download} ${this.getAttribute('href')}`)
    })
    await open({ ...someRun, name: '벌과 개미/2' })
    await press(button)
    click.mockRestore()
    expect(made('runs.export')).toEqual([{ run: someRun.id, format, withPreparation }])
    expect(saved).toEqual([`벌과-개미-2${ending} /download/abc`])
  })

  it('shows the certificate of an export that has ended, and where what differs arises', async () => {
    await open()
    const job = { kind: 'export', state: 'done', detail: { run: someRun.id } } as const
    api.emit('job.changed', aJob({ ...job, id: 'mine', result: exported }))
    api.emit('job.changed', aJob({ ...job, id: 'other', detail: { run: 'other' }, result: exported }))
    await flushPromises()
    expect(all('.certificate')).toHaveLength(1)
    expect(text()).toContain('ONNX Runtime answered 64 photos of the run.')
    expect(all('.certificate tbody tr').map((it) => it.textContent)).toEqual([
      'equal pixels: the network alone0.0000120',
      'decoded photos: its own resizing too0.0501',
      'photo files: decoded by TensorFlow too0.0602',
    ])
    expect(text()).toContain('same answers')
  })

  it('tells why weights could not be saved', async () => {
    await open(
      someRun,
      jobAnswer('runs.export', () => {
        throw new ThawError('disk.full', { file: '/x', needed: '1 GB' })
      }),
    )
    await press('Export as safetensors')
    expect(useMessages().toasts[0]!.error!.code).toBe('disk.full')
  })

  it('names a fork after the epoch that is chosen, and like no run that is there', async () => {
    await open(someRun, {
      'runs.list': () => ({
        runs: [someRun, { ...someRun, id: 'other', name: `${someRun.name} · 2` }],
        damaged: [],
      }),
      'runs.kept': () => ({ epochs: [1, 2].map((epoch) => ({ epoch, bytes: 1 })) }),
    })
    await press('Fork here')
    const name = () => document.querySelector<HTMLInputElement>('#fork input:not([type])')!.value
    const choose = async (epoch: number) => {
      const select = document.querySelector<HTMLSelectElement>('#fork select')!
      select.value = String(epoch)
      select.dispatchEvent(new Event('change'))
      await flushPromises()
    }
    await choose(1)
    expect(name()).toBe(`${someRun.name} · 1`)
    await choose(2)
    expect(name()).toBe(`${someRun.name} · 2 (2)`)
  })

  it('forks with a plan of one’s own, unless nothing in it learns', async () => {
    await open(someRun, {
      'runs.kept': () => ({ epochs: [{ epoch: 1, bytes: 1 }] }),
      'jobs.start': () => ({ job: 'training' }),
    })
    await press('Fork here')
    const [, plan] = all('#fork select') as HTMLSelectElement[]
    plan!.value = 'own'
    plan!.dispatchEvent(new Event('change'))
    await flushPromises()
    const head = document.querySelector<HTMLElement>('#fork [data-node="classifier"] [data-checked]')!
    head.click()
    await flushPromises()
    expect((control('Start the fork') as HTMLButtonElement).disabled).toBe(true)
    head.click()
    await flushPromises()
    await press('Start the fork')
    const { input } = api.made.find(({ call }) => call === 'jobs.start')!
    expect(input).toMatchObject({
      ...{ kind: 'train', fork: someRun.id, epoch: 1 },
      changes: { plan: { classifier: { learningRate: expect.any(Number) as number } } },
    })
  })

  it('says that another run is not there, and shows nothing of the one before', async () => {
    await open(someRun, {
      'runs.get': ({ run }) => {
        if (run === someRun.id) return someDetails(someRun)
        throw new ThawError('run.missing', { run })
      },
    })
    await room.vm.$router.push('/runs/none')
    await flushPromises()
    expect(text()).toContain('There is no run “none”')
    expect(text()).not.toContain('thaw runs')
    // Its folder may have been taken away while the page stood there: the list is asked again.
    expect(api.made.filter(({ call }) => call === 'runs.list')).toHaveLength(2)
    expect(all('.card')).toEqual([])
    await room.vm.$router.push(`/runs/${someRun.id}`)
    await flushPromises()
    expect(all('[role="alert"]')).toEqual([])
    expect(text()).toMatch(/147 of 153/)
  })

  it('says that a run has been damaged since it was listed, and what is left of it', async () => {
    await open(someRun, {
      'runs.get': () => {
        throw new ThawError('run.damaged', { folder: '/runs/one', reason: 'record-no-json' })
      },
    })
    expect(text()).toContain('The run in “/runs/one” cannot be read')
    expect(text()).toContain('best.safetensors can be used by itself')
    expect(api.made.filter(({ call }) => call === 'runs.list')).toHaveLength(2)
  })

  it('has nothing to save or to classify with before it was evaluated', async () => {
    await open({ ...someRun, state: 'stopped', best: null })
    expect(text()).toContain('This run has not been evaluated yet.')
    expect(all('button', /safetensors/)).toEqual([])
    expect(all('a', 'Classify photos')).toEqual([])
  })
})
