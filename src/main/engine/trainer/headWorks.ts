import type { ClassifyModel } from '../../../shared/api/classify.ts'
import type { BankControl } from '../bank/bank.ts'
import type { RelateRequest } from '../bank/relate.ts'
import { browsed } from '../datasets/browse.ts'
import { forTraining } from '../datasets/openDataset.ts'
import { requireTrainable } from '../datasets/requireTrainable.ts'
import type { WorkContext, Works } from '../jobs/works.ts'
import { counting } from '../jobs/works.ts'
import { readOpened } from '../store/datasets.ts'
import { Evaluations } from '../store/evaluations.ts'
import type { DataPaths } from '../store/paths.ts'
import { currentFolders } from '../store/paths.ts'
import { readRecord, runFolderOf } from '../store/runFolder.ts'
import type { Emit } from '../child/answerParent.ts'
import { besideOf } from './beside.ts'
import type { Desk } from './desk.ts'
import type { TrainingEngine } from './engine.ts'

interface HeadWork {
  paths: DataPaths
  home: string
  emit: Emit
  engine: TrainingEngine
  desk: Desk
}

/** What the trainer does on the feature bank and with a run's own answers. */
export function headWorks({
  paths,
  home,
  emit,
  engine,
  desk,
}: HeadWork): Pick<
  Works<'trainer'>,
  | 'check'
  | 'relate'
  | 'map'
  | 'evaluate'
  | 'compare'
  | 'why'
  | 'similarPhotos'
  | 'retrainHead'
  | 'learningCurve'
  | 'headSpread'
  | 'labelNext'
> {
  const { heads } = engine
  const evaluations = new Evaluations(paths.evaluations)

  /** Split as the run had it: by its seed, where nothing else decides. */
  const datasetOf = async (run: string, id: string | undefined) => {
    if (id === undefined) return undefined
    const { config } = await readRecord(await runFolderOf(home, run))
    const dataset = forTraining(await readOpened(paths.datasets, id), config.seed)
    requireTrainable(dataset)
    return dataset
  }

  const beside = async <T>(
    run: string,
    context: WorkContext,
    work: (control: {
      signal: AbortSignal
      onProgress: ReturnType<typeof counting>
      passTurn: () => Promise<void>
    }) => Promise<T>,
  ): Promise<T> => {
    const needs = await engine.needs.answering(home, { run })
    return desk.beside('classifying', besideOf(context, needs), (turns) =>
      work({ signal: context.signal, onProgress: counting(context), passTurn: () => turns.pass() }),
    )
  }

  /** Looks at all photos of a dataset. */
  const looking = async <T>(
    { dataset, model }: { dataset: string; model: ClassifyModel },
    context: WorkContext,
    work: (request: RelateRequest, control: BankControl) => Promise<T>,
  ): Promise<T> => {
    const needs = await engine.needs.answering(home, model)
    const request = { folders: { ...currentFolders(), home }, dataset, model }
    return desk.beside('classifying', besideOf(context, needs), (turns) =>
      work(request, {
        signal: context.signal,
        onProgress: counting(context),
        passTurn: () => turns.pass(),
      }),
    )
  }

  const requestOf = async ({ run, dataset }: { run: string; dataset?: string | undefined }) => ({
    folders: { ...currentFolders(), home },
    run,
    dataset: await datasetOf(run, dataset),
  })

  return {
    check: async ({ dataset: id, model }, context) => {
      const dataset = forTraining(await readOpened(paths.datasets, id), 0)
      const needs = await engine.needs.answering(home, model)
      const request = {
        folders: { ...currentFolders(), home },
        ...{ id, dataset, model },
      }
      const findings = await desk.beside('classifying', besideOf(context, needs), (turns) =>
        engine.check(request, {
          signal: context.signal,
          onProgress: counting(context),
          passTurn: () => turns.pass(),
        }),
      )
      return { findings }
    },
    relate: (input, context) => looking(input, context, engine.relate),

    map: (input, context) => looking(input, context, engine.mapDataset),

    evaluate: async ({ run, part, dataset: id }, context) => {
      const dataset = await datasetOf(run, id)
      const evaluation = await beside(run, context, (control) =>
        engine.evaluateRun({ home, run, part, dataset }, control),
      )
      await evaluations.keep({ run, part, dataset: id }, evaluation)
      const { photos, failed, report } = evaluation
      return { photos: photos.length, correct: report.correct, failed }
    },

    compare: async ({ runs }, context) => {
      const needs = await Promise.all(runs.map((run) => engine.needs.answering(home, { run })))
      return desk.beside('classifying', besideOf(context, Math.max(...needs)), () =>
        engine.compareRuns({ home, runs, signal: context.signal, onProgress: counting(context) }),
      )
    },

    why: async (input, context) => {
      const request = { ...(await requestOf({ run: input.run })), photo: input.photo, nearest: input.nearest }
      return beside(input.run, context, (control) => heads.whyOf(request, control))
    },

    similarPhotos: async ({ run, photo, top }, context) => {
      const request = { ...(await requestOf({ run })), photo, top }
      return beside(run, context, (control) => heads.similarOf(request, control))
    },

    retrainHead: async (input, context) => {
      const { name, replaces } = input
      const request = { ...(await requestOf(input)), name, replaces }
      return beside(input.run, context, async (control) => {
        const { told } = await heads.retrainHead(request, control)
        emit('runs.changed', {})
        return told
      })
    },

    learningCurve: async (input, context) => {
      const request = await requestOf(input)
      return beside(input.run, context, (control) => heads.curveOf(request, control))
    },

    headSpread: async (input, context) => {
      const { folds, seeds } = input
      const request = { ...(await requestOf(input)), folds, seeds }
      return beside(input.run, context, (control) => heads.spreadOfRun(request, control))
    },

    labelNext: async (input, context) => {
      const opened = await readOpened(paths.datasets, input.dataset)
      const unlabelled = browsed(opened.stored.dataset, opened.decisions)
        .photos.filter((photo) => photo.class === null && !photo.out)
        .map((photo) => photo.path)
      const request = { ...(await requestOf(input)), unlabelled, count: input.count }
      return beside(input.run, context, (control) => heads.nextToLabel(request, control))
    },
  }
}
