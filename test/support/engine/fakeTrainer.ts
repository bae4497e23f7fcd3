/**
 * The trainer with an engine that only pretends: the same process, handlers and wire, but no TensorFlow. Class names of the
 * dataset steer it: `hang` blocks the process, `crash` ends it, `diverge` fails.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { scoreOf } from '../../../src/shared/metrics.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import type { RunEvent } from '../../../src/shared/run.ts'
import { answerParent } from '../../../src/main/engine/child/answerParent.ts'
import { Lock } from '../../../src/main/engine/lock.ts'
import { currentFolders } from '../../../src/main/engine/store/paths.ts'
import '../entry.ts'
import { lockOf } from '../../../src/main/engine/store/runFolder.ts'
import type { TrainingEngine, TrainRequest } from '../../../src/main/engine/trainer/engine.ts'
import { openTrainer } from '../../../src/main/engine/trainer/handlers.ts'
import { aRecord, environment, planEvent } from './records.ts'

const batches = 20

async function* fakeTrain(options: TrainRequest): AsyncGenerator<RunEvent> {
  const { home, dataset, config, signal, shouldPause } = options
  const id = `run-${Date.now()}`
  const folder = path.join(home, 'runs', id)
  await mkdir(folder, { recursive: true })
  const record = aRecord({ id, dataset, config })
  await writeFile(path.join(folder, 'run.json'), JSON.stringify(record))
  const lock = Lock.take(lockOf(folder))!
  const lines: string[] = []
  const told = async (event: RunEvent): Promise<RunEvent> => {
    lines.push(`${JSON.stringify(event)}\n`)
    await writeFile(path.join(folder, 'events.jsonl'), lines.join(''))
    return event
  }
  yield told(planEvent)
  yield told({
    type: 'started',
    run: id,
    folder,
    environment,
    classes: dataset.classes,
    train: dataset.photos.length,
    val: 0,
    unreadable: 0,
    epochs: 1,
    epoch: 0,
    batch: config.batch,
    seed: config.seed,
  })
  for (let batch = 1; batch <= batches; batch += 1) {
    await shouldPause?.()?.()
    if (signal.aborted) {
      yield told({ type: 'stopped', epoch: 1, batch, reason: 'asked' })
      lock.release()
      return
    }
    await sleep(25)
    if (batch === 3 && dataset.classes.includes('diverge'))
      throw new ThawError('run.diverged', { batch, epoch: 1 })
    if (batch === 3 && dataset.classes.includes('crash')) process.kill(process.pid, 'SIGKILL')
    if (batch === 3 && dataset.classes.includes('hang')) for (;;);
    yield told({
      type: 'batch',
      epoch: 1,
      batch,
      batches,
      loss: 1 / batch,
      accuracy: 0.5,
      batchLoss: 1 / batch,
      photosPerSecond: 10,
      secondsLeft: 1,
      learningRates: [0.01],
    })
  }
  const score = scoreOf(1, 3, 4)
  yield told({
    type: 'finished',
    run: id,
    folder,
    best: { epoch: 1, ...score },
    seconds: 1,
    peakMiB: 1,
  })
  lock.release()
}

const engine: TrainingEngine = {
  train: fakeTrain,
  fork: () => Promise.reject(new Error('not here')),
  resume: () => {
    throw new ThawError('run.no-checkpoint', { run: 'any' })
  },
  needs: { training: () => 0, answering: () => Promise.resolve(0) },
  available: () => Promise.resolve(1),
  // Its tests are those of the real engine.
  heads: {} as TrainingEngine['heads'],
  check: () => Promise.resolve({}),
  relate: () => Promise.reject(new Error('not asked for here')),
  featureCost: () => Promise.reject(new Error('not asked for here')),
  mapDataset: () => Promise.reject(new Error('not asked for here')),
  measureSpeed: () => Promise.resolve(10),
  offeredExport: () => Promise.reject(new Error('not asked for here')),
  evaluateRun: () => Promise.reject(new Error('not asked for here')),
  compareRuns: () => Promise.reject(new Error('not asked for here')),
  openMelted: () => Promise.reject(new Error('not asked for here')),
  gradCam: () => Promise.reject(new Error('not asked for here')),
  comparePrecisions: () => Promise.resolve({ gain: null, deviation: null, recommended: false }),
  suggest: () => Promise.reject(new Error('Nobody asks for suggestions here')),
  forecast: () =>
    Promise.resolve({
      freshEpochs: 1,
      secondsFirstEpoch: 1,
      secondsEpoch: 1,
      secondsTotal: 1,
      peakMiB: 1,
      suggestedBatch: 32,
    }),
  openClassifier: () =>
    Promise.resolve({
      classes: ['one'],
      name: 'fake',
      knowledge: null,
      answer: async function* (photos, first) {
        for (const [i, photo] of photos.entries()) {
          await sleep(1)
          const top = [{ index: 0, class: 'one', probability: 1 }]
          yield { index: first + i, path: photo, top, error: null, distance: null, taken: null }
        }
      },
      close: () => undefined,
    }),
}

const diagnosis = {
  backend: 'cpu' as const,
  backendVersion: '0',
  threads: 1,
  device: 'none',
  memory: { total: 1, available: 1 },
  node: process.versions.node,
  gpu: null,
  gpus: [],
  problems: [],
}

let close = () => Promise.resolve()
await answerParent<'trainer'>({
  open: (emit) => {
    const trainer = openTrainer({
      folders: currentFolders(),
      emit,
      engine,
      doctor: () => Promise.resolve(diagnosis),
    })
    close = trainer.close
    return Promise.resolve(trainer.handlers)
  },
  close: () => close(),
})
