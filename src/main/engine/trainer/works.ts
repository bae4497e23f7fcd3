import type { JobGiven } from '../../../shared/api/jobs.ts'
import type { RunConfig } from '../../../shared/config.ts'
import { ThawError } from '../../../shared/errors.ts'
import { inferenceBytes } from '../../../shared/model/cost.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import type { RunEvent } from '../../../shared/run.ts'
import type { Emit } from '../child/answerParent.ts'
import type { WorkContext, Works } from '../jobs/works.ts'
import { counting } from '../jobs/works.ts'
import type { DataPaths } from '../store/paths.ts'
import { findRun } from '../store/runFolder.ts'
import { keepSpeed } from '../store/speeds.ts'
import { ActiveRun } from './activeRun.ts'
import { besideOf } from './beside.ts'
import { headWorks } from './headWorks.ts'
import { classifying, watching } from './classifying.ts'
import type { Desk } from './desk.ts'
import type { TrainingEngine } from './engine.ts'
import { RunTold } from './runTold.ts'
import type { Preparations } from './preparations.ts'

export interface TrainerWork {
  paths: DataPaths
  home: string
  emit: Emit
  engine: TrainingEngine
  desk: Desk
  preparations: Preparations
}

/** What the trainer does as jobs. */
export function trainerWorks(options: TrainerWork): Works<'trainer'> {
  const { paths, home, emit, engine, desk, preparations } = options

  const beginning = async (input: JobGiven<'train'>) => {
    if ('run' in input) {
      const folder = await findRun(paths.runs, input.run)
      const { allowDifferent = false } = input
      return (control: Parameters<TrainingEngine['resume']>[1]) =>
        engine.resume(folder, { ...control, allowDifferent })
    }
    const { name } = input
    if ('fork' in input) {
      const from = await findRun(paths.runs, input.fork)
      const { epoch, changes } = input
      const folder = await engine.fork({ home, from, epoch, changes, ...(name !== undefined && { name }) })
      return (control: Parameters<TrainingEngine['resume']>[1]) => engine.resume(folder, control)
    }
    const run = await preparations.runOf(input)
    return (control: Parameters<TrainingEngine['resume']>[1]) =>
      engine.train({ ...run, ...(name ? { name } : {}), ...control })
  }

  const probing =
    <T>(measure: (run: Awaited<ReturnType<Preparations['runOf']>> & { signal: AbortSignal }) => Promise<T>) =>
    async (input: { dataset: string; config: RunConfig }, context: WorkContext): Promise<T> => {
      const run = await preparations.runOf(input)
      const needs = engine.needs.training(run)
      return desk.beside('forecasting', besideOf(context, needs), () =>
        measure({ ...run, signal: context.signal }),
      )
    }

  return {
    ...headWorks(options),

    train: async (input, { signal, onProgress }) => {
      const begin = await beginning(input)
      await desk.trained()
      if (signal.aborted) throw new ThawError('cancelled')
      const told = new RunTold()
      const onEvent = (event: RunEvent) => onProgress(told.after(event))
      const onStopAfterEpoch = (stop: boolean) => onProgress(told.stopsAfterEpoch(stop))
      const active = desk.train(
        () =>
          new ActiveRun({ emit, turns: desk.turns, onEvent, onStopAfterEpoch }, (control) =>
            begin({ home, ...control }),
          ),
      )
      signal.addEventListener('abort', () => void active.stop(), { once: true })
      await active.ended
      if (active.failure !== undefined) throw active.failure
      // Stopped with its process, which nobody who waits for the run has asked for.
      const isOver = active.state !== 'stopped' && active.run !== undefined
      if (!isOver && desk.isClosing) throw new ThawError('engine.ended', { part: 'trainer' })
      if (!isOver) throw new ThawError('cancelled')
      return { run: active.run! }
    },

    forecast: probing((run) => engine.forecast(run)),

    precisions: probing((run) => engine.comparePrecisions(run)),

    export: async (input, context) => {
      const { run, format, withPreparation } = input
      context.onProgress({ detail: { run, format, withPreparation: Number(withPreparation) } })
      const request = { home, exports: paths.exports, run, format, withPreparation }
      const needs = await engine.needs.answering(home, { run })
      return desk.beside('classifying', besideOf(context, needs), (turns) =>
        engine.offeredExport(request, {
          signal: context.signal,
          onProgress: counting(context),
          passTurn: () => turns.pass(),
        }),
      )
    },

    speed: async ({ network }, context) => {
      const beside = besideOf(context, inferenceBytes(networkOf(network)))
      return desk.beside('forecasting', beside, async () => {
        const photosPerSecond = await engine.measureSpeed(network, context.signal)
        await keepSpeed(paths.speeds, network, photosPerSecond)
        return { network, photosPerSecond }
      })
    },

    classify: (input, context) => classifying({ paths, home, engine, desk }, input, context),

    watch: (input, context) => watching({ paths, home, engine, desk }, input, context),
  }
}
