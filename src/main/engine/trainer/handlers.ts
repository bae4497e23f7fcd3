import type { Diagnosis } from '../../../shared/api/app.ts'
import type { Classified } from '../../../shared/api/classify.ts'
import type { RunConfig } from '../../../shared/config.ts'
import type { Folders } from '../../../shared/folders.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Emit, PartHandlers } from '../child/answerParent.ts'
import { greeting } from '../child/answerParent.ts'
import { workHandler } from '../jobs/works.ts'
import { dataPaths } from '../store/paths.ts'
import type { MeltedRun } from '../evaluation/meltedRun.ts'
import { offer, fileName } from '../library/offers.ts'
import { readRecord, runFolderOf } from '../store/runFolder.ts'
import { Desk } from './desk.ts'
import { Melting } from './melting.ts'
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
  const melting = new Melting((folder) => engine.openMelted(folder, home))
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

  /** Moves a run's weights; beside a training only where there is memory for both ends of them. */
  const melted = async <T>(
    run: string,
    signal: AbortSignal,
    work: (run: MeltedRun) => Promise<T>,
  ): Promise<T> => {
    const needs = 3 * (await engine.needs.answering(home, { run }))
    const folder = await runFolderOf(home, run)
    return desk.beside('classifying', { needs, signal }, () => {
      // Whoever moves a slider on wants to know of the last place only.
      if (signal.aborted) throw new ThawError('cancelled')
      return melting.with(folder, work)
    })
  }

  const handlers: TrainerHandlers = {
    'trainer.hello': greeting,
    'trainer.ping': () => ({ silence: desk.silence, isFree: desk.isFree }),
    'trainer.work': workHandler(works),

    doctor: async () => {
      if (desk.isFree) lastDiagnosis = await doctor()
      if (!lastDiagnosis) throw new ThawError('busy', { what: 'the-trainer' })
      return lastDiagnosis
    },

    'photos.suggest': async (request, { signal, progress: onProgress }) => {
      const needs = await engine.needs.answering(home, request.model)
      return desk.beside('classifying', { needs, signal }, () =>
        engine.suggest(request, { signal, onProgress }),
      )
    },

    // Reads what is kept and computes nothing: it waits for nobody.
    'features.cost': (request) => engine.featureCost({ folders, ...request }),

    gradCam: async (request, { signal }) =>
      desk.beside('classifying', { needs: await engine.needs.answering(home, request.model), signal }, () =>
        engine.gradCam({ home, ...request }),
      ),

    'runs.warmUp': async ({ run }, { signal }) => {
      const needs = await engine.needs.answering(home, { run })
      await desk.beside('classifying', { needs, signal }, () => engine.heads.warmUp({ folders, run }))
      return {}
    },

    'runs.melt': ({ run, shares }, { signal }) =>
      melted(run, signal, (opened) => opened.answer(shares, signal)),

    'runs.meltSave': async ({ run, shares }, { signal }) => {
      const { name } = await readRecord(await runFolderOf(home, run))
      return melted(run, signal, (opened) =>
        offer({ paths }, `${run}-melted`, fileName(name, 'safetensors'), (file) => opened.save(shares, file)),
      )
    },

    'trainer.hold': ({ run }) => {
      desk.runOf(run).pause()
      return {}
    },

    'trainer.goOn': ({ run }) => {
      desk.runOf(run).goOn()
      return {}
    },

    'train.stopAfterEpoch': ({ run, stop }) => {
      desk.runOf(run).stopAfterEpoch(stop)
      return {}
    },

    'train.change': async ({ run, plan }) => ({ epoch: await desk.runOf(run).change(plan) }),

    'train.forecast': probing((options) => engine.forecast(options)),

    'train.precisions': probing((options) => engine.comparePrecisions(options)),

    'trainer.classify': async ({ photos, model, ...how }, { signal }) =>
      desk.beside('classifying', { needs: await engine.needs.answering(home, model), signal }, async () => {
        const classifier = await engine.openClassifier({ home, model, how: { ...how, times: false }, signal })
        try {
          const answers: Classified[] = []
          for await (const answer of classifier.answer(photos, 0, signal)) answers.push(answer)
          return { photos: answers }
        } finally {
          classifier.close()
        }
      }),
  }
  return {
    handlers,
    close: async () => {
      await melting.close()
      await desk.close()
    },
  }
}
