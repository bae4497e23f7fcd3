import type { Job, JobKind } from '../../../src/shared/api/jobs.ts'
import { plainError } from '../../../src/shared/errors.ts'

type Ask = (call: string, input: unknown, options: object) => Promise<unknown>

/** What a test answers for a kind of job: the function of the same subject. A training that goes on is resumed. */
const answering: Record<JobKind, string> = {
  scan: 'datasets.add',
  thumbnails: 'datasets.thumbnails',
  sample: 'sample.draw',
  recipePhotos: 'recipePhotos.download',
  download: 'models.download',
  gpuPack: 'gpu.install',
  addRun: 'runs.add',
  export: 'runs.export',
  classify: 'classify.begin',
  watch: 'classify.begin',
  file: 'filing.file',
  undo: 'filing.undo',
  speed: 'models.speed',
  forecast: 'train.forecast',
  precisions: 'train.precisions',
  check: 'findings.check',
  relate: 'bank.relate',
  map: 'bank.map',
  compare: '',
  evaluate: 'runs.evaluate',
  why: 'bank.why',
  similarPhotos: 'bank.similarPhotos',
  retrainHead: 'bank.retrainHead',
  learningCurve: 'bank.learningCurve',
  headSpread: 'bank.headSpread',
  labelNext: 'bank.labelNext',
  train: 'train.start',
}

function callOf(kind: JobKind, input: object): string {
  if (kind === 'train' && 'run' in input) return 'train.resume'
  return kind === 'scan' && 'dataset' in input ? 'datasets.rescan' : answering[kind]
}

const when = '2026-11-28T12:00:00.000Z'

export const aJob = (of: Partial<Job> = {}): Job => ({
  id: 'job',
  kind: 'scan',
  subject: 'garden',
  state: 'running',
  paused: false,
  place: null,
  progress: null,
  secondsLeft: null,
  detail: null,
  crowded: false,
  created: when,
  started: when,
  ended: null,
  result: null,
  error: null,
  ...of,
})

/** A host's list of jobs whose work is done by a test's own answers. */
export function fakeJobs(ask: Ask, emit: (job: Job) => void) {
  const jobs = new Map<string, Job>()
  const controllers = new Map<string, AbortController>()

  const change = (id: string, of: Partial<Job>) => {
    const job = { ...jobs.get(id)!, ...of }
    jobs.set(id, job)
    emit(job)
  }
  const end = (id: string, of: Partial<Job>) => change(id, { ended: when, secondsLeft: null, ...of })

  const told = (item: Record<string, number | string>): Partial<Job> => {
    const { done, received, total, ...detail } = item
    const progress = typeof total === 'number' ? { done: Number(done ?? received), total } : null
    return { progress, detail: Object.keys(detail).length > 0 ? detail : null }
  }

  async function work(id: string, kind: JobKind, input: Record<string, unknown>): Promise<void> {
    const call = callOf(kind, input)
    const { signal } = controllers.get(id)!
    const onProgress = (item: Record<string, number | string>) => change(id, told(item))
    try {
      const output = await ask(call, input, { signal, onProgress })
      if (kind === 'train') change(id, { detail: { run: (output as { run: string }).run } })
      else end(id, { state: 'done', result: output as Job['result'] })
    } catch (error) {
      const plain = plainError(error)
      if (plain.code === 'cancelled') end(id, { state: 'cancelled' })
      else end(id, { state: 'failed', error: plain })
    }
  }

  const runOf = (id: string) => ({ run: String(jobs.get(id)?.detail?.['run']) })
  const isTraining = (id: string) => jobs.get(id)?.kind === 'train'

  return {
    list: () => [...jobs.values()],
    put: (job: Job) => void jobs.set(job.id, job),
    start: ({ kind, subject = '', ...input }: { kind: JobKind; subject?: string | undefined }) => {
      const id = `job-${jobs.size + 1}`
      jobs.set(id, aJob({ id, kind, subject }))
      controllers.set(id, new AbortController())
      emit(jobs.get(id)!)
      void work(id, kind, input)
      return { job: id }
    },
    cancel: async ({ job }: { job: string }) => {
      if (isTraining(job)) {
        await ask('train.stop', runOf(job), {})
        end(job, { state: 'cancelled' })
      } else controllers.get(job)?.abort()
      return {}
    },
    pause: async ({ job }: { job: string }) => {
      if (isTraining(job)) await ask('train.pause', runOf(job), {})
      change(job, { paused: true })
      return {}
    },
    resume: async ({ job }: { job: string }) => {
      if (isTraining(job)) await ask('train.resume', runOf(job), {})
      change(job, { paused: false })
      return {}
    },
  }
}
