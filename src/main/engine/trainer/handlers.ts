import path from 'node:path'
import type { Diagnosis } from '../../../shared/api/app.ts'
import type { Classified } from '../../../shared/api/classify.ts'
import type { RunConfig } from '../../../shared/config.ts'
import type { Folders } from '../../../shared/folders.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Emit, PartHandlers } from '../child/answerParent.ts'
import { greeting } from '../child/answerParent.ts'
import { requireTrainable } from '../datasets/requireTrainable.ts'
import { readDataset } from '../store/datasets.ts'
import { dataPaths } from '../store/paths.ts'
import { writeResult } from '../store/results.ts'
import { findRun } from '../store/runFolder.ts'
import { readSelection } from '../store/selections.ts'
import { readSettings } from '../store/settings.ts'
import { Desk } from './desk.ts'
import type { TrainingEngine, TrainRequest } from './engine.ts'
import { resplit } from './resplit.ts'
import { ActiveRun } from './activeRun.ts'

export type TrainerHandlers = PartHandlers<'trainer'>

export interface TrainerOptions {
  folders: Folders
  emit: Emit
  engine: TrainingEngine
  doctor: () => Promise<Diagnosis>
}

/** Everything that the trainer answers. It reads what the library has written, and writes nothing but runs and results. */
export function openTrainer({ folders, emit, engine, doctor }: TrainerOptions) {
  const { home } = folders
  const paths = dataPaths(folders)
  const desk = new Desk(emit)
  let lastDiagnosis: Diagnosis | undefined

  const withSettings = async (config: RunConfig): Promise<RunConfig> => ({
    ...config,
    threads: config.threads ?? (await readSettings(paths.settings)).threads,
  })

  const datasetFor = async (id: string, { seed }: RunConfig) => {
    const { dataset } = await readDataset(paths.datasets, id)
    const split = resplit(dataset, seed)
    requireTrainable(split)
    return split
  }

  /** Measures something of a run before it begins. */
  const probing =
    <T>(measure: (options: Omit<TrainRequest, 'name'>) => Promise<T>) =>
    async (
      { dataset: id, config: given }: { dataset: string; config: RunConfig },
      { signal }: { signal: AbortSignal },
    ): Promise<T> => {
      desk.requireFree()
      const config = await withSettings(given)
      const dataset = await datasetFor(id, config)
      return desk.do('forecasting', () => measure({ home, dataset, config, signal }))
    }

  const handlers: TrainerHandlers = {
    'trainer.hello': greeting,
    'trainer.ping': () => ({ silence: desk.silence }),

    doctor: async () => {
      if (desk.isFree) lastDiagnosis = await doctor()
      if (!lastDiagnosis) throw new ThawError('busy', { what: 'the-trainer' })
      return lastDiagnosis
    },

    'train.start': async ({ dataset: id, config: given, name }) => {
      desk.requireFree()
      const config = await withSettings(given)
      const dataset = await datasetFor(id, config)
      const options = { home, dataset, config, ...(name ? { name } : {}) }
      const begin = () => new ActiveRun(emit, (control) => engine.train({ ...options, ...control }))
      return { run: await desk.train(begin) }
    },

    'train.resume': async ({ run }) => {
      if (desk.state.run === run) {
        desk.runOf(run).goOn()
        return { run }
      }
      desk.requireFree()
      const folder = await findRun(paths.runs, run)
      const begin = () => new ActiveRun(emit, (control) => engine.resume(folder, { home, ...control }))
      return { run: await desk.train(begin) }
    },

    'train.pause': ({ run }) => {
      desk.runOf(run).pause()
      return {}
    },

    'train.stop': async ({ run }) => {
      await desk.runOf(run).stop()
      return {}
    },

    'train.forecast': probing((options) => engine.forecast(options)),

    'train.precisions': probing((options) => engine.comparePrecisions(options)),

    'train.state': () => desk.state,

    'classify.start': async ({ selection, model, top }, { signal, progress }) => {
      desk.requireFree()
      const photos = await readSelection(paths.selections, selection)
      return desk.do('classifying', async () => {
        const began = performance.now()
        const all: Classified[] = []
        for await (const answer of engine.classify({ home, photos, model, top, signal })) {
          const error = 'error' in answer ? answer.error : null
          const classified = {
            index: all.length,
            path: path.resolve(answer.photo),
            top: 'error' in answer ? [] : answer.top,
            error,
          }
          all.push(classified)
          progress([classified])
        }
        const result = await writeResult(paths.results, { photos: all })
        const failed = all.filter(({ error }) => error !== null).length
        return { result, photos: all.length, failed, seconds: (performance.now() - began) / 1000 }
      })
    },
  }
  return { handlers, close: () => desk.close() }
}
