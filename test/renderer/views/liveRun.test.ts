import { flushPromises } from '@vue/test-utils'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import { scoreOf } from '../../../src/shared/metrics.ts'
import type { RunConfig } from '../../../src/shared/config.ts'
import type { Plan } from '../../../src/shared/model/plan.ts'
import type { RunEvent, RunState, RunSummary } from '../../../src/shared/run.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import LiveRun from '../../../src/renderer/views/LiveRun.vue'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, later, press, text } from '../support/page.ts'
import { aJob } from '../support/fakeJobs.ts'
import { finishedEvent, someDetails, someEvents, someRun } from '../support/samples.ts'

// jsdom has no canvas. The table twin says all that the chart does.
vi.mock('../../../src/renderer/components/charts/LineChart.vue', () => ({ default: { render: () => null } }))
beforeAll(layOut)

let api: FakeApi

async function open(state: RunState, events: RunEvent[], calls: FakeCalls = {}): Promise<void> {
  const run: RunSummary = { ...someRun, state }
  const isLive = state === 'running' || state === 'paused'
  api = fakeApi({
    'runs.list': () => ({ runs: [run], damaged: [] }),
    'runs.get': () => someDetails(run),
    'runs.events': ({ from = 0 }) => ({ events: events.slice(from), next: events.length, done: true }),
    'train.state': () =>
      isLive ? { work: 'training', run: run.id, state } : { work: null, run: null, state: null },
    'runs.watched': () => ({ photos: [] }),
    'train.pause': () => ({}),
    'train.stop': () => ({}),
    'train.resume': () => ({ run: run.id }),
    ...calls,
  })
  await mountRoom(LiveRun, { api, at: `/runs/${run.id}/live` })
  await flushPromises()
}
const made = (call: string) => api.made.filter((it) => it.call === call)

describe('a run that is trained', () => {
  it('tells speed, time left, accuracy with count and interval, rates, device and backend', async () => {
    await open('running', someEvents().slice(0, 4))
    const told = text()
    for (const part of ['Epoch 1 of 2', 'batch 4 of 8', '36.6 photos/s', '1 min 15 s left', '72 of 153'])
      expect(told).toContain(part)
    expect(told).toMatch(/95%: \.\d{3}–\.\d{3}/)
    expect(told).toContain('tensorflow 2.21.0')
    expect(told).toContain('AMD EPYC')
    expect(told).toMatch(/classifier.*1e-2/)
  })

  it('shows how far a step moved each layer, as a picture and as a table, and what it took of the machine', async () => {
    const step = (number: number, update: number): RunEvent[] => [
      {
        ...(someEvents().find(({ type }) => type === 'batch') as RunEvent & { type: 'batch' }),
        batch: number,
        memoryMiB: 953.67,
        cores: 1.75,
      },
      {
        type: 'norms',
        epoch: 1,
        batch: number,
        parameters: [
          { name: 'classifier.weight', gradient: 3, update, weight: 4 },
          { name: 'classifier.bias', gradient: 4, update: 0, weight: 3 },
        ],
      },
    ]
    await open('running', [...someEvents().slice(0, 4), ...step(5, 0.5), ...step(6, 0.05)])
    const strip = document.querySelector('.strip')!
    const titleOf = (node: string) => strip.querySelector(`[data-node="${node}"] title`)!.textContent
    // Both parameters together: 0.05 ÷ √(4² + 3²).
    expect(titleOf('classifier')).toBe('classifier: 1e-2')
    expect(titleOf('conv_stem')).toBe('conv_stem: frozen')

    await press('Gradient')
    expect(titleOf('classifier')).toBe('classifier: 5')
    const card = document.querySelector('.at-work')!
    card.querySelectorAll<HTMLElement>('.radio')[3]!.click()
    await flushPromises()
    const row = [...card.querySelectorAll('tr')].find((it) => it.textContent.startsWith('classifier'))!
    expect([...row.children].map((cell) => cell.textContent)).toEqual(['classifier', '5', '5e-2', '1e-2'])
    expect(text()).toContain('Memory')
    expect(text()).toContain('Processor')
  })

  it('watches a few validation photos, and fetches their answers again with each epoch', async () => {
    const told = { epoch: 0, answer: 1, truthProbability: 0.25 }
    let history = [told]
    const photo = { photo: 'val/ants/1.jpg', truth: 0, picture: null }
    await open('running', someEvents().slice(0, 4), {
      'runs.watched': () => ({ photos: [{ ...photo, history }] }),
    })
    const tile = () => document.querySelector('[data-photo="val/ants/1.jpg"]')!.textContent
    expect(tile()).toContain('bees')
    history = [told, { epoch: 1, answer: 0, truthProbability: 0.75 }]
    api.emit('run.events', { run: someRun.id, from: 4, events: someEvents().slice(4, 5) })
    await flushPromises()
    expect(tile()).toContain('ants')
    expect(tile()).toContain('before: bees')
  })

  it('offers to go on from its last epoch as soon as it is over', async () => {
    let summary: RunSummary = { ...someRun, state: 'running', epoch: 1 }
    await open('running', someEvents(), {
      'runs.list': () => ({ runs: [summary], damaged: [] }),
      'runs.kept': () => ({
        epochs: Array.from({ length: summary.epoch }, (_, i) => ({ epoch: i + 1, bytes: 1 })),
      }),
    })
    expect(text()).not.toContain('Continue')
    summary = someRun
    api.emit('run.state', { run: someRun.id, state: 'finished', why: null })
    api.emit(
      'job.changed',
      aJob({ id: 'training', kind: 'train', state: 'done', detail: { run: someRun.id } }),
    )
    await flushPromises()
    await press('Continue')
    expect(document.querySelector<HTMLSelectElement>('#fork select')!.value).toBe(String(someRun.epochs))
  })

  it('goes on telling as events come', async () => {
    const events = someEvents()
    await open('running', events.slice(0, 4))
    api.emit('run.events', { run: someRun.id, from: 4, events: events.slice(4, 5) })
    await flushPromises()
    expect(text()).toContain('147 of 153')
  })

  it('follows a run that another program trains, and reads it anew where that one resumes it', async () => {
    const events = someEvents()
    let length = 4
    let summary: RunSummary = { ...someRun, state: 'running', epoch: 0 }
    await open('running', events, {
      'train.state': () => ({ work: null, run: null, state: null }),
      'runs.list': () => ({ runs: [summary], damaged: [] }),
      'runs.events': ({ from = 0 }) => ({ events: events.slice(from, length), next: length, done: true }),
    })
    length = 5
    api.emit('runs.grew', {})
    await flushPromises()
    expect(made('runs.events').at(-1)!.input).toMatchObject({ from: 4 })
    expect(text()).toContain('147 of 153')

    for (const [state, from] of [
      ['interrupted', 5],
      ['running', 0],
    ] as const) {
      summary = { ...summary, state }
      api.emit('runs.changed', {})
      await flushPromises()
      expect(made('runs.events').at(-1)!.input).toMatchObject({ from })
    }
  })

  it('asks for nothing more of a run that has ended, whatever others do', async () => {
    await open('finished', [...someEvents(), finishedEvent])
    const { length } = made('runs.events')
    api.emit('runs.grew', {})
    await flushPromises()
    expect(made('runs.events')).toHaveLength(length)
  })

  it('fetches what it missed where events do not follow on what it has', async () => {
    const events = someEvents()
    await open('running', events.slice(0, 3), {
      'runs.events': ({ from = 0 }) => ({ events: events.slice(from, 3), next: 3, done: true }),
    })
    api.emit('run.events', { run: someRun.id, from: 5, events: events.slice(5) })
    await flushPromises()
    expect(made('runs.events').at(-1)!.input).toMatchObject({ from: 3 })
  })

  it('goes on where a page ended, also behind a line that could not be read', async () => {
    const events = someEvents()
    const pages = [
      { events: events.slice(0, 3), next: 4, done: false },
      { events: events.slice(3), next: events.length + 1, done: true },
    ]
    await open('running', events, { 'runs.events': ({ from = 0 }) => pages[from === 0 ? 0 : 1]! })
    expect(made('runs.events').map(({ input }) => input)).toMatchObject([{ from: 0 }, { from: 4 }])
    const { length } = made('runs.events')
    api.emit('run.events', { run: someRun.id, from: events.length + 1, events: [finishedEvent] })
    await flushPromises()
    expect(text()).toContain('Finished after 22')
    expect(made('runs.events')).toHaveLength(length)
  })

  it('misses nothing that came while it was fetching', async () => {
    const events = [...someEvents(), finishedEvent]
    const asked = later<undefined>()
    let isFirst = true
    await open('running', events, {
      'runs.events': async ({ from = 0 }) => {
        if (!isFirst) return { events: events.slice(from), next: events.length, done: true }
        isFirst = false
        await asked.promise
        return { events: events.slice(0, 3), next: 3, done: true }
      },
    })
    api.emit('run.events', { run: someRun.id, from: 3, events: events.slice(3) })
    asked.resolve(undefined)
    await flushPromises()
    await flushPromises()
    expect(text()).toContain('Finished after 22')
  })

  it('begins anew where a resumed run has forgotten what came after its checkpoint', async () => {
    const events = someEvents()
    let file = [...events, { type: 'stopped', epoch: 2, batch: 4, reason: 'asked' } as const]
    await open('running', file, {
      'runs.events': ({ from = 0 }) => ({ events: file.slice(from), next: file.length, done: true }),
    })
    file = [...events.slice(0, 5), { ...events[1]!, epoch: 2 } as never]
    api.emit('run.events', { run: someRun.id, from: 5, events: file.slice(5) })
    await flushPromises()
    expect(text()).toContain('Resumed at epoch 2.')
    expect(text()).not.toContain('Stopped in epoch')
    expect(text()).not.toContain('146 of 153')
  })

  it('has a table that says what the charts do, by epoch and by batch', async () => {
    await open('running', someEvents())
    for (const choice of all('.radio', 'Table')) choice.click()
    await flushPromises()
    const tables = all('.twin tbody').map((it) =>
      [...it.querySelectorAll('tr')].map((row) => row.textContent),
    )
    expect(tables).toHaveLength(3)
    expect(tables[1]).toEqual(['0–.471', '1.943.961', '2.943.954'])
    expect(tables[2]).toEqual(['.501e-2'])
    await press('By batch')
    const byBatch = [...all('.twin tbody')[1]!.querySelectorAll('tr')].map((row) => row.textContent)
    expect(byBatch).toEqual(['0–.471', '.50.800–', '1–.961', '2–.954'])
  })

  it('tells pauses in its log and beside its charts, and which epochs are kept, asked for again with each checkpoint', async () => {
    let epochs = [{ epoch: 1, bytes: 1 }]
    const pause = { epoch: 2, batch: 4, batches: 8 }
    const file = 'checkpoints/latest.safetensors'
    const checkpoint: RunEvent = { type: 'checkpoint', epoch: 1, batch: 0, file }
    const events: RunEvent[] = [...someEvents().slice(0, 4), checkpoint, { type: 'paused', ...pause }]
    await open('paused', events, { 'runs.kept': () => ({ epochs }) })
    expect(text()).toContain('Paused in epoch 2, after batch 4.')
    const lists = () => all('ul[aria-label="Marked"]').map(({ textContent }) => textContent)
    for (const list of lists()) {
      expect(list).toContain('Paused in epoch 2')
      expect(list).toContain('Checkpoint kept: epoch 1')
    }
    expect(lists().length).toBeGreaterThan(2)
    epochs = [...epochs, { epoch: 2, bytes: 1 }]
    const more: RunEvent[] = [
      { type: 'resumed', ...pause, seconds: 60 },
      { ...checkpoint, epoch: 2 },
    ]
    api.emit('run.events', { run: someRun.id, from: events.length, events: more })
    await flushPromises()
    expect(text()).toContain('Went on in epoch 2 after a pause of 1 min')
    expect(lists()[0]).toContain('Checkpoint kept: epoch 2')
  })

  it('can be paused, and stops only when asked twice', async () => {
    await open('running', someEvents())
    await press('Pause')
    expect(made('train.pause')).toHaveLength(1)
    await press('Stop…')
    useDialogs().question!.answer(false)
    await flushPromises()
    expect(made('train.stop')).toHaveLength(0)
    await press('Stop…')
    useDialogs().question!.answer(true)
    await flushPromises()
    expect(made('train.stop').map(({ input }) => input)).toEqual([{ run: someRun.id }])
  })

  /** An epoch with these losses, and accuracies in points of a hundred. */
  const epochOf = (epoch: number, train: [loss: number, right: number] | null, val: [number, number]) =>
    ({
      ...{ type: 'epoch', epoch, learningRates: [1e-2], seconds: 1, best: true },
      ...{ confusion: { classes: 2, cells: [] }, val: scoreOf(...val, 100) },
      train: train && scoreOf(...train, 100),
    }) as RunEvent

  it('offers to stop after the epoch where training pulls ahead', async () => {
    const pulling = [
      epochOf(1, [0.5, 80], [0.5, 80]),
      epochOf(2, [0.3, 85], [0.5, 82]),
      epochOf(3, [0.1, 95], [0.5, 85]),
    ]
    await open('running', [...someEvents().slice(0, 3), ...pulling], { 'train.stopAfterEpoch': () => ({}) })
    expect(text()).toContain('Training pulls ahead of validation')
    all('.notice-warn button', 'Stop after this epoch')[0]!.click()
    await flushPromises()
    expect(made('train.stopAfterEpoch').map(({ input }) => input)).toEqual([{ run: someRun.id, stop: true }])
  })

  it('says above all else, and aloud, that validation gets worse, and stays with it', async () => {
    const risen = [0.5, 0.2, 0.3, 0.3, 0.3].map((loss, at) =>
      epochOf(at + 1, [40 - 5 * at, 90], [100 * loss, 90]),
    )
    await open('running', [...someEvents().slice(0, 3), ...risen], { 'train.stopAfterEpoch': () => ({}) })
    const told = document.querySelector('.notices')!
    expect(told.querySelector('[role="status"]')!.textContent).toBe('It begins to learn the photos by heart')
    expect(told.textContent).toContain('lowest after epoch 2 (.200) and is .300 now')
    expect(told.compareDocumentPosition(document.querySelector('.two')!)).toBe(
      Node.DOCUMENT_POSITION_FOLLOWING,
    )
    all('.notice-warn button', 'Stop after this epoch')[0]!.click()
    await flushPromises()
    expect(made('train.stopAfterEpoch').map(({ input }) => input)).toEqual([{ run: someRun.id, stop: true }])
  })

  it('offers three times the rates where nothing moves, and holds the training for it', async () => {
    const still = [
      epochOf(0, null, [0.693, 50]),
      epochOf(1, [0.694, 50], [0.693, 50]),
      epochOf(2, [0.693, 50], [0.693, 50]),
    ]
    await open('running', [...someEvents().slice(0, 2), ...still])
    await press('Rates × 3…')
    expect(made('train.pause')).toHaveLength(1)
    expect(all('[role="dialog"] select').some((it) => (it as HTMLSelectElement).value === '3')).toBe(true)
  })

  it('says that it stops after the epoch, whoever asked for it, and takes that back', async () => {
    const detail = { run: someRun.id, stops: 1 }
    await open('running', someEvents().slice(0, 4), {
      'jobs.list': () => ({ jobs: [aJob({ id: 'training', kind: 'train', detail })] }),
      'train.stopAfterEpoch': () => ({}),
    })
    expect(text()).toContain('Stops after this epoch')
    await press('Do not stop')
    expect(made('train.stopAfterEpoch').map(({ input }) => input)).toEqual([{ run: someRun.id, stop: false }])
    api.emit('job.changed', aJob({ id: 'training', kind: 'train', detail: { ...detail, stops: 0 } }))
    await flushPromises()
    expect(text()).not.toContain('Stops after this epoch')
  })

  it('multiplies the rates that hold by now, also those that were changed before', async () => {
    const plan: Plan = { '': { learningRate: 1e-3 } }
    const details = someDetails({ ...someRun, state: 'paused' })
    let thaw: RunConfig['thaw'] = []
    await open('paused', someEvents(), {
      'runs.get': () => ({ ...details, config: { ...details.config, thaw } }),
      'train.change': () => ({ epoch: 2 }),
    })
    thaw = [{ epoch: 1, plan }]
    await press('Change the plan')
    const rates = all('[role="dialog"] select')[1] as HTMLSelectElement
    rates.value = '3'
    rates.dispatchEvent(new Event('change'))
    document.querySelector<HTMLFormElement>('#change-plan')!.requestSubmit()
    await flushPromises()
    const { input } = made('train.change')[0] as { input: { plan: Plan } }
    expect(input.plan['']!.learningRate).toBeCloseTo(3e-3, 12)
    // What was chosen held for this one change.
    await press('Change the plan')
    expect((all('[role="dialog"] select')[1] as HTMLSelectElement).value).toBe('1')
  })

  it('takes a plan of one’s own as it is, with the factor once, and begins anew the next time', async () => {
    await open('paused', someEvents(), {
      'runs.get': () => {
        const details = someDetails({ ...someRun, state: 'paused' })
        return { ...details, config: { ...details.config, plan: { '': { learningRate: 1e-3 } } } }
      },
      'train.change': () => ({ epoch: 2 }),
    })
    const choose = async (index: number, value: string) => {
      const select = all('[role="dialog"] select')[index] as HTMLSelectElement
      select.value = value
      select.dispatchEvent(new Event('change'))
      await flushPromises()
    }
    await press('Change the plan')
    await choose(1, '3')
    await choose(0, 'own')
    document.querySelector<HTMLFormElement>('#change-plan')!.requestSubmit()
    await flushPromises()
    const { input } = made('train.change')[0] as { input: { plan: Plan } }
    expect(Object.keys(input.plan)).toEqual([''])
    expect(input.plan['']!.learningRate).toBeCloseTo(3e-3, 12)
    await press('Change the plan')
    expect((all('[role="dialog"] select')[0] as HTMLSelectElement).value).toBe('')
  })

  it('goes on after a pause', async () => {
    await open('paused', someEvents())
    await press('Go on')
    expect(made('train.resume')).toHaveLength(1)
  })
})

describe('a run that is over', () => {
  it('leads to its result and to classifying', async () => {
    await open('finished', [...someEvents(), finishedEvent])
    expect(text()).toContain('Done: 147 of 153 · .961 (95%: .917–.982)')
    expect(control('Classify photos').getAttribute('href')).toContain(`run=${someRun.id}`)
  })

  it.each(['stopped', 'interrupted'] as const)('that was %s can be resumed', async (state) => {
    await open(state, [...someEvents(), { type: 'stopped', epoch: 1, batch: 4, reason: 'asked' }])
    await press('Resume')
    expect(made('train.resume')).toHaveLength(1)
  })

  it('that was stopped after an epoch names the one that is done, not the next', async () => {
    await open('stopped', [...someEvents(), { type: 'stopped', epoch: 3, batch: 0, reason: 'asked' }])
    expect(text()).toContain('This run was stopped after epoch 2')
    expect(text()).toContain('Stopped after epoch 2.')
  })

  it('that would go on with another number of threads is asked about first, and goes on if that is wished', async () => {
    const different = new ThawError('run.other-machine', { run: 'x', then: '1 threads', now: '2 threads' })
    await open('stopped', someEvents().slice(0, 4), {
      'train.resume': (input) => {
        if (!(input as { allowDifferent?: boolean }).allowDifferent) throw different
        return { run: someRun.id }
      },
    })
    await press('Resume')
    const asked = () => useDialogs().question
    expect(asked()?.body).toMatch(/1 threads.*2 threads/)
    asked()!.answer(false)
    await flushPromises()
    expect(made('train.resume')).toHaveLength(1)
    expect(text()).not.toContain('--allow-different')

    await press('Resume')
    asked()!.answer(true)
    await flushPromises()
    expect(made('train.resume').map(({ input }) => input)).toEqual([
      { run: someRun.id },
      { run: someRun.id },
      { run: someRun.id, allowDifferent: true },
    ])
  })

  it('that failed says why and what to do, also when it is opened again, and can be resumed', async () => {
    const error = new ThawError('photo.missing', { file: '/photos/벌.jpg' })
    const { code, message, advice, parameters } = error
    await open('failed', [...someEvents(), { type: 'failed', code, message, advice, parameters }])
    expect(text()).toContain(message)
    expect(text()).toContain(advice)
    await press('Resume')
    expect(made('train.resume')).toHaveLength(1)
    // In the language of the window, not in that of the record.
    i18n.global.locale.value = 'ko'
    await flushPromises()
    expect(text()).toContain('“/photos/벌.jpg”')
    expect(text()).not.toContain(advice)
    i18n.global.locale.value = 'en'
  })
})

it('A run that is not there is told of', async () => {
  await open('finished', [], {
    'runs.get': () => {
      throw new ThawError('not-found', { what: 'this-run' })
    },
  })
  expect(all('[role="alert"]', /This run/)).toHaveLength(1)
})
