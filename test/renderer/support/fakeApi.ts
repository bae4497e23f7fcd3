import { Settings } from '../../../src/shared/api/app.ts'
import { RunMarks } from '../../../src/shared/api/runMarks.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import type { Contract } from '../../../src/shared/contract.ts'
import type {
  CallName,
  CallOptions,
  EventData,
  EventName,
  Input,
  Output,
  Progress,
} from '../../../src/shared/rpc.ts'
import type { Api, Connection } from '../../../src/renderer/api.ts'
import { aJob, fakeJobs } from './fakeJobs.ts'

type Call = CallName<Contract>
export type FakeCalls = {
  [M in Call]?: (
    input: Input<Contract, M>,
    options: CallOptions<Progress<Contract, M>>,
  ) => Output<Contract, M> | Promise<Output<Contract, M>>
}

export interface FakeApi extends Api {
  /** Every call that was made, in order. */
  readonly made: { call: Call; input: unknown }[]
  /** Long work, done by the answers of the calls above. */
  readonly jobs: ReturnType<typeof fakeJobs>
  emit: <E extends EventName<Contract>>(event: E, data: EventData<Contract, E>) => void
  setConnection: (state: Connection) => void
}

const usual = Settings.parse({ language: 'en', theme: 'light' })

/** What an empty Thaw answers. */
const empty: FakeCalls = {
  'app.info': () => ({
    version: '0.1.0',
    mode: 'serve',
    platform: 'linux',
    node: '24.21.0',
    home: '/home/someone/.local/share/thaw',
    cache: '/home/someone/.local/share/thaw/cache',
    cores: 2,
  }),
  'engine.states': () => ({ states: [] }),
  'settings.get': () => usual,
  'settings.set': (patch) => Settings.parse({ ...usual, ...patch }),
  'draft.get': () => ({ draft: null }),
  'draft.set': () => ({}),
  'datasets.list': () => ({ datasets: [] }),
  'datasets.together': ({ photos }) => ({ photos }),
  'models.list': () => ({ weights: [], offers: [] }),
  'runs.marks': () => RunMarks.parse({}),
  'runs.list': () => ({ runs: [], damaged: [] }),
  'train.check': () => ({ notes: [] }),
  'train.state': () => ({ work: null, run: null, state: null }),
}

/** An Api without a wire: answers by the given functions, else like an empty Thaw, else with `rpc.unknown-method`. */
export function fakeApi(calls: FakeCalls = {}): FakeApi {
  const answers: FakeCalls = { ...empty, ...calls }
  const made: FakeApi['made'] = []
  const listeners = new Map<string, Set<(data: never) => void>>()
  const watchers = new Set<(state: Connection) => void>()
  let connection: Connection = 'open'
  const emit: FakeApi['emit'] = (event, data) => {
    for (const listener of listeners.get(event) ?? []) listener(data as never)
  }
  const ask = (call: Call, input: unknown, options: unknown): Promise<never> => {
    made.push({ call, input })
    const answer = answers[call] as ((input: unknown, options: unknown) => never) | undefined
    if (!answer) return Promise.reject(new ThawError('rpc.unknown-method', { method: call }))
    return new Promise((resolve) => resolve(answer(input, options)))
  }
  const jobs = fakeJobs(
    (call, input, options) => ask(call as Call, input, options),
    (job) => emit('job.changed', job),
  )
  const usualJobs: FakeCalls = {
    'jobs.list': async () => {
      const { work, run, state } = await answers['train.state']!({}, {})
      if (work === 'training' && run !== null && jobs.list().length === 0)
        jobs.put(aJob({ id: 'training', kind: 'train', detail: { run }, paused: state === 'paused' }))
      return { jobs: jobs.list() }
    },
    'jobs.start': jobs.start,
    'jobs.cancel': jobs.cancel,
    'jobs.pause': jobs.pause,
    'jobs.resume': jobs.resume,
  }
  for (const [call, answer] of Object.entries(usualJobs)) answers[call as 'jobs.list'] ??= answer as never
  return {
    made,
    jobs,
    call: (call, input, options = {}) => ask(call, input, options),
    on: (event, listener) => {
      const own = listeners.get(event) ?? new Set()
      listeners.set(event, own)
      own.add(listener)
      return () => own.delete(listener)
    },
    emit,
    onConnection: (listener) => {
      watchers.add(listener)
      listener(connection)
      return () => watchers.delete(listener)
    },
    setConnection: (state) => {
      connection = state
      for (const watcher of watchers) watcher(state)
    },
    picture: (id, size = 192) => `/thumb/${id}?size=${size}`,
    download: (id) => `/download/${id}`,
    pathOf: () => '',
    upload: () => Promise.reject(new ThawError('internal')),
    askBeforeLeaving: () => () => undefined,
    languages: ['en'],
    openAgain: () => true,
  }
}
