import { flushPromises } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { Settings } from '../../../src/shared/api/app.ts'
import { RunMark, RunMarks } from '../../../src/shared/api/runMarks.ts'
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

  it('copies in a run of another machine as a job, whose progress any window shows and can stop', async () => {
    let stopped: AbortSignal | undefined
    await open([], {
      'files.browse': () => ({
        ...{ path: '/media/usb/run', parent: '/media/usb', roots: [], folders: [], files: [], photos: 0 },
      }),
      ...({
        'runs.add': (
          _: unknown,
          { signal, onProgress }: { signal: AbortSignal; onProgress: (it: object) => void },
        ) => {
          stopped = signal
          onProgress({ received: 3, total: 8 })
          return new Promise(() => undefined)
        },
      } as FakeCalls),
    })
    await press('Add a run…')
    await flushPromises()
    useDialogs().picker!.answer(['/media/usb/run'])
    await flushPromises()
    expect(made('jobs.start')).toEqual([{ kind: 'addRun', folder: '/media/usb/run' }])
    expect(all('progress, [role=progressbar]')).toHaveLength(1)
    // A window that is opened meanwhile finds it.
    api.emit('job.changed', aJob({ id: 'theirs', kind: 'addRun', subject: 'their run' }))
    await flushPromises()
    expect(text()).toContain('Copying the run: their run')
    await press('Cancel')
    expect(stopped!.aborted).toBe(true)
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

  describe('several runs at once', () => {
    const ids = ['a', 'b', 'c', 'd']
    let kept: Record<string, RunMark>

    /** A list of four runs, whose marks change as the library would change them. */
    async function openFour(calls: FakeCalls = {}): Promise<void> {
      kept = { b: { star: true, tags: ['good'], note: '', archived: false } }
      const marks = () => RunMarks.parse({ marks: kept })
      let there = ids.map((id) => ({ ...someRun, id, name: id }))
      await open([], {
        'runs.list': () => ({ runs: there, damaged: [] }),
        'runs.marks': marks,
        'runs.markEach': ({ changes }) => {
          for (const [run, change] of Object.entries(changes))
            kept = { ...kept, [run]: RunMark.parse({ ...kept[run], ...change }) }
          return marks()
        },
        'runs.remove': ({ run }) => {
          there = there.filter(({ id }) => id !== run)
          return {}
        },
        'runs.restore': ({ run }) => {
          there = [...there, { ...someRun, id: run, name: run }]
          return someRun
        },
        ...calls,
      })
    }
    const rowOf = (id: string) => document.querySelector<HTMLElement>(`tr[data-run="${id}"]`)!
    const selected = () => all('tbody tr[aria-selected="true"]').map((it) => it.dataset['run'])
    async function click(id: string, how: MouseEventInit = {}) {
      rowOf(id).dispatchEvent(new MouseEvent('click', { bubbles: true, ...how }))
      await flushPromises()
    }
    async function key(id: string, name: string, how: KeyboardEventInit = {}) {
      rowOf(id).dispatchEvent(
        new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...how }),
      )
      await flushPromises()
    }
    const undo = async () => {
      await useMessages().toasts.at(-1)!.undo!()
      await flushPromises()
    }

    it('are taken by Ctrl and Shift and a click, and a click alone changes nothing', async () => {
      await openFour()
      await click('a')
      expect(selected()).toEqual([])
      await click('a', { ctrlKey: true })
      await click('c', { shiftKey: true })
      expect(selected()).toEqual(['a', 'b', 'c'])
      await click('b', { metaKey: true })
      expect(selected()).toEqual(['a', 'c'])
      expect(text()).toContain('2 selected')
    })

    it('are taken by keys: Space, Shift with the arrows, all by Ctrl and A, none by Escape', async () => {
      await openFour()
      await key('a', ' ')
      await key('c', ' ', { shiftKey: true })
      expect(selected()).toEqual(['a', 'b', 'c'])
      await key('c', 'Escape')
      expect(selected()).toEqual([])
      await key('b', 'ArrowDown', { shiftKey: true })
      expect(selected()).toEqual(['b', 'c'])
      expect(document.activeElement).toBe(rowOf('c'))
      await key('c', 'a', { ctrlKey: true })
      expect(selected()).toEqual(ids)
    })

    it('are one act, with their count and one undo that leaves alone what was so before', async () => {
      await openFour()
      await key('a', 'a', { ctrlKey: true })
      await press('Star')
      expect(ids.map((id) => kept[id]?.star)).toEqual([true, true, true, true])
      expect(useMessages().toasts.at(-1)!.text!()).toBe('3 runs have a star.')
      await undo()
      expect(ids.map((id) => kept[id]?.star ?? false)).toEqual([false, true, false, false])
      expect(made('runs.markEach')).toHaveLength(2)
    })

    it('are archived, thrown away and brought back together, also by the key on one of them', async () => {
      await openFour()
      await key('a', 'a', { ctrlKey: true })
      await key('b', 'Delete', { code: 'Delete' })
      expect(made('runs.remove')).toEqual(ids.map((run) => ({ run })))
      expect(useMessages().toasts.at(-1)!.text!()).toBe('4 runs are in the trash.')
      await undo()
      expect(all('tbody tr')).toHaveLength(4)
      expect(selected()).toHaveLength(4)
      await key('b', 'a', { code: 'KeyA' })
      expect(all('tbody tr')).toEqual([])
      await undo()
      expect(all('tbody tr')).toHaveLength(4)
    })

    it('get tags together, and keep those that only some of them have', async () => {
      await openFour()
      await click('a', { ctrlKey: true })
      await click('b', { ctrlKey: true })
      await press('Tags')
      const known = document.querySelector<HTMLInputElement>('#tags input[type=checkbox]')!
      expect([known.checked, known.indeterminate]).toEqual([false, true])
      const field = document.querySelector<HTMLInputElement>('#tags .field input')!
      field.value = 'rain, fog'
      field.dispatchEvent(new Event('input'))
      await press('Save')
      expect([kept['a']!.tags, kept['b']!.tags]).toEqual([
        ['rain', 'fog'],
        ['good', 'rain', 'fog'],
      ])
      await undo()
      expect([kept['a']!.tags, kept['b']!.tags]).toEqual([[], ['good']])
    })

    /** What a person writes, and checks or unchecks, in the dialog of tags. */
    async function tag(typed: string, boxes: Record<string, boolean> = {}): Promise<void> {
      await press('Tags')
      for (const label of all('#tags .choices label')) {
        const wanted = boxes[label.querySelector('bdi')!.textContent]
        const box = label.querySelector('input')!
        if (wanted === undefined) continue
        box.checked = wanted
        box.dispatchEvent(new Event('change'))
      }
      const field = document.querySelector<HTMLInputElement>('#tags .field input')!
      field.value = typed
      field.dispatchEvent(new Event('input'))
      await flushPromises()
    }

    it('lose by an undo of tags no tag that came since, and get back only what this act took', async () => {
      await openFour()
      await click('a', { ctrlKey: true })
      await click('b', { ctrlKey: true })
      await tag('rain', { good: false })
      await press('Save')
      const first = useMessages().toasts.at(-1)!
      await tag('fog')
      await press('Save')
      expect([kept['a']!.tags, kept['b']!.tags]).toEqual([
        ['rain', 'fog'],
        ['rain', 'fog'],
      ])
      await first.undo!()
      await flushPromises()
      expect([kept['a']!.tags, kept['b']!.tags]).toEqual([['fog'], ['fog', 'good']])
    })

    it('do not lose tags without a word where one would have more than a run can have', async () => {
      await openFour()
      const many = Array.from({ length: 19 }, (_, i) => `tag ${i}`)
      kept = { ...kept, c: { star: false, tags: many, note: '', archived: false } }
      api.emit('runs.changed', {})
      await flushPromises()
      await click('a', { ctrlKey: true })
      await click('c', { ctrlKey: true })
      await tag('rain, fog')
      expect(text()).toContain('A run has 20 tags at most.')
      document.querySelector('form#tags')!.dispatchEvent(new Event('submit'))
      await flushPromises()
      expect(kept['a']).toBeUndefined()
      await press('Cancel')
      await tag('rain')
      expect(text()).not.toContain('at most')
      await press('Save')
      expect(kept['c']!.tags).toHaveLength(20)
    })

    it('are left alone by an act on a row that is none of them', async () => {
      const asked: unknown[] = []
      await openFour({
        'runs.mark': (input) => {
          asked.push(input)
          return RunMarks.parse({ marks: kept })
        },
        'runs.remove': ({ run }) => {
          asked.push(run)
          return {}
        },
      })
      await click('a', { ctrlKey: true })
      await click('b', { ctrlKey: true })
      await key('c', 's')
      await key('c', 'a')
      await key('c', 'Delete')
      expect(asked).toEqual([
        { runs: ['c'], change: { star: true } },
        { runs: ['c'], change: { archived: true } },
        'c',
      ])
      expect(kept['a']).toBeUndefined()
      expect(selected()).toEqual(['a', 'b'])
    })

    it('are thrown away but for the one that is trained, which is not even tried', async () => {
      const gone: string[] = []
      await openFour({
        'runs.list': () => ({
          runs: ids.map((id) => ({
            ...someRun,
            ...{ id, name: id, state: id === 'b' ? ('running' as const) : someRun.state },
          })),
          damaged: [],
        }),
        'runs.remove': ({ run }) => {
          gone.push(run)
          return {}
        },
      })
      for (const id of ['a', 'b', 'c']) await click(id, { ctrlKey: true })
      await key('a', 'Delete')
      expect(gone).toEqual(['a', 'c'])
      expect(useMessages().toasts).toHaveLength(1)
    })

    it('that cannot all be thrown away go as far as they can, and what failed is told', async () => {
      await openFour({
        'runs.remove': ({ run }) => {
          if (run === 'b') throw new ThawError('busy', { what: 'this-run' })
          return {}
        },
      })
      await key('a', 'a', { ctrlKey: true })
      await press('Delete')
      const [failure, told] = useMessages().toasts
      expect(failure!.error?.code).toBe('busy')
      expect(told!.text!()).toBe('3 runs are in the trash.')
    })
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

  it('follows what is done elsewhere: another name, the trash, and back from there', async () => {
    let there: RunSummary[] = [someRun]
    await open(someRun, {
      'runs.list': () => ({ runs: there, damaged: [] }),
      'runs.restore': () => {
        there = [someRun]
        return someRun
      },
    })
    const changed = async (runs: RunSummary[]) => {
      there = runs
      api.emit('runs.changed', {})
      await flushPromises()
    }
    await changed([{ ...someRun, name: 'renamed elsewhere' }])
    expect(document.body.textContent).toContain('renamed elsewhere')
    expect(text()).not.toContain('not there any more')
    await changed([])
    expect(text()).toContain('This run is not there any more')
    // What it was called last, and nothing that could only fail.
    expect(document.body.textContent).toContain('renamed elsewhere')
    for (const act of ['Rename', 'Delete', 'Fork here', 'Save the weights']) expect(text()).not.toContain(act)
    await press('Restore')
    await flushPromises()
    expect(made('runs.restore')).toEqual([{ run: someRun.id }])
    expect(useMessages().toasts.at(-1)!.text!()).toBe('“renamed elsewhere” is back.')
    expect(text()).not.toContain('not there any more')
  })

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

  it('forks with another schedule, augmentation, weight decay and label smoothing, sends only what is changed, and says what stays and why', async () => {
    await open(someRun, {
      'runs.kept': () => ({ epochs: [{ epoch: 1, bytes: 1 }] }),
      'jobs.start': () => ({ job: 'training' }),
    })
    await press('Fork here')
    const details = document.querySelector<HTMLDetailsElement>('#fork details')!
    expect(details.textContent).not.toContain('Weight decay')
    details.open = true
    details.dispatchEvent(new Event('toggle'))
    await flushPromises()
    expect(details.textContent).toMatch(/The batch size \(\d+\), optimizer, .* stay: the shared epochs/)
    const schedule = document.querySelector<HTMLSelectElement>('#fork select[aria-label="Rate over time"]')!
    schedule.value = 'cosine'
    schedule.dispatchEvent(new Event('change'))
    await flushPromises()
    await press('None')
    for (const [label, value] of [
      ['Weight decay', '0.01'],
      ['Label smoothing', '0.1'],
    ]) {
      const field = document.querySelector<HTMLInputElement>(`#fork input[aria-label="${label}"]`)!
      field.value = value!
      field.dispatchEvent(new Event('input'))
      field.dispatchEvent(new Event('change'))
      await flushPromises()
    }
    expect(details.textContent).toContain('4 changed')
    await press('Start the fork')
    const { input } = api.made.find(({ call }) => call === 'jobs.start')!
    expect((input as { changes: object }).changes).toEqual({
      ...{ schedule: { kind: 'cosine', floor: 0 }, augmentation: 'none', weightDecay: 0.01 },
      labelSmoothing: 0.1,
      epochs: someRun.epochs,
    })
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

  it('forks with what holds in the epoch that follows, where layers thaw one after the other', async () => {
    const details = someDetails(someRun)
    const stage = { '': { learningRate: 'frozen' as const }, classifier: { learningRate: 0.125 } }
    const config = {
      ...details.config,
      plan: { '': { learningRate: 0.25 } },
      thaw: [{ epoch: 2, plan: stage }],
    }
    await open(someRun, {
      'runs.get': () => ({ ...details, config }),
      'runs.kept': () => ({ epochs: [{ epoch: 1, bytes: 1 }] }),
      'jobs.start': () => ({ job: 'training' }),
    })
    await press('Fork here')
    const [, plan] = all('#fork select') as HTMLSelectElement[]
    plan!.value = 'own'
    plan!.dispatchEvent(new Event('change'))
    await flushPromises()
    await press('Start the fork')
    const { input } = api.made.find(({ call }) => call === 'jobs.start')!
    expect(input).toMatchObject({ changes: { plan: { classifier: { learningRate: 0.125 } } } })
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
