import path from 'node:path'
import type { Diagnosis } from '../../../shared/api/app.ts'
import type { Classified } from '../../../shared/api/classify.ts'
import type { RunConfig } from '../../../shared/config.ts'
import type { Folders } from '../../../shared/folders.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Emit, PartHandlers } from '../child/answerParent.ts'
import { greeting } from '../child/answerParent.ts'
import { workHandler } from '../jobs/works.ts'
import { dataPaths } from '../store/paths.ts'
import { writeResult } from '../store/results.ts'
import { readSelection } from '../store/selections.ts'
import { Desk } from './desk.ts'
import type { TrainingEngine, TrainRequest } from './engine.ts'
import { Preparations } from './preparations.ts'
import { trainerWorks } from './works.ts'

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
  const desk = new Desk(emit, engine.available)
  const preparations = new Preparations(home, paths)
  const works = trainerWorks({ paths, home, emit, engine, desk, preparations })
  let lastDiagnosis: Diagnosis | undefined

  /** Measures something of a run before it begins. */
  const probing =
    <T>(measure: (options: Omit<TrainRequest, 'name'>) => Promise<T>) =>
    async (
      input: { dataset: string; config: RunConfig },
      { signal }: { signal: AbortSignal },
    ): Promise<T> => {
      desk.requireFree()
      const run = await preparations.runOf(input)
      return desk.beside('forecasting', { needs: 0, signal }, () => measure({ ...run, signal }))
    }

  const handlers: TrainerHandlers = {
    'trainer.hello': greeting,
    'trainer.ping': () => ({ silence: desk.silence }),
    'trainer.work': workHandler(works),

    doctor: async () => {
      if (desk.isFree) lastDiagnosis = await doctor()
      if (!lastDiagnosis) throw new ThawError('busy', { what: 'the-trainer' })
      return lastDiagnosis
    },

    'train.state': () => desk.state,

    'trainer.hold': ({ run }) => {
      desk.runOf(run).pause()
      return {}
    },

    'trainer.goOn': ({ run }) => {
      desk.runOf(run).goOn()
      return {}
    },

    'train.forecast': probing((options) => engine.forecast(options)),

    'train.precisions': probing((options) => engine.comparePrecisions(options)),

    'classify.start': async ({ selection, model, top }, { signal, progress }) => {
      desk.requireFree()
      const photos = await readSelection(paths.selections, selection)
      return desk.beside('classifying', { needs: 0, signal }, async () => {
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
