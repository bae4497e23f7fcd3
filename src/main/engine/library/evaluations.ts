import type {
  AnsweredPhoto,
  AnswerFilter,
  AnswerItem,
  AnswerOrder,
  EvaluateInput,
  Evaluation,
} from '../../../shared/api/evaluation.ts'
import { datasetOfRun, originOf } from '../../../shared/belonging.ts'
import { photosOf } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { liesIn } from '../../../shared/evaluation/calibration.ts'
import { sliceScores } from '../../../shared/evaluation/slices.ts'
import { tellsTemperature } from '../../../shared/evaluation/temperature.ts'
import { thresholdCurve } from '../../../shared/evaluation/thresholds.ts'
import { historyIn, readEpochAnswers } from '../store/epochAnswers.ts'
import { readRecord } from '../store/runFolder.ts'
import type { Library, LibraryHandlers } from './context.ts'

type EvaluationCall = 'evaluations.get' | 'evaluations.photos' | 'runs.calibrate'
type History = ReadonlyMap<string, AnswerItem['history']>

const isRight = ({ truth, answer }: Pick<AnsweredPhoto, 'truth' | 'answer'>) => truth === answer

/** Where a photo lies now that a run or its evaluation names. */
type PathNow = (photo: string) => string

/** Whether a photo is meant: all that is given must hold. */
function isMeant(photo: AnsweredPhoto, filter: AnswerFilter, history: History, pathNow: PathNow): boolean {
  const { truth, answer, right, certainty, slice, changed, photos } = filter
  const its = history.get(photo.photo) ?? []
  return (
    (truth === undefined || photo.truth === truth) &&
    (answer === undefined || photo.answer === answer) &&
    (right === undefined || isRight(photo) === right) &&
    (!certainty || liesIn(photo.probability, certainty)) &&
    (!slice || photo.slices[slice.by] === slice.value) &&
    (changed === undefined || its.some((it) => it.answer !== photo.answer) === changed) &&
    (!photos || photos.includes(photo.photo) || photos.includes(pathNow(photo.photo)))
  )
}

/** In how many epochs after the first evaluation it was answered wrongly, then how unlikely its class was on average. */
function hardness(photo: AnsweredPhoto, history: History): [wrong: number, unlikely: number] {
  const its = (history.get(photo.photo) ?? []).filter(({ epoch }) => epoch > 0)
  if (its.length === 0) return [isRight(photo) ? 0 : 1, 1 - photo.truthProbability]
  const wrong = its.filter((it) => it.answer !== photo.truth).length / its.length
  return [wrong, 1 - its.reduce((sum, it) => sum + it.truthProbability, 0) / its.length]
}

function ordered(photos: readonly AnsweredPhoto[], order: AnswerOrder, history: History): AnsweredPhoto[] {
  switch (order) {
    case 'surest':
      return photos.toSorted((a, b) => b.probability - a.probability)
    case 'unsure':
      return photos.toSorted((a, b) => a.probability - b.probability)
    case 'hardest': {
      const of = new Map(photos.map((photo) => [photo, hardness(photo, history)]))
      return photos.toSorted((a, b) => {
        const [x, y] = [of.get(a)!, of.get(b)!]
        return y[0] - x[0] || y[1] - x[1]
      })
    }
    case 'path':
      return [...photos]
  }
}

/** Evaluations that the trainer has kept, with what else is known of their photos. */
export function evaluationHandlers({
  runs,
  datasets,
  pictures,
  evaluations,
  emit,
}: Library): Pick<LibraryHandlers, EvaluationCall> {
  const read = async ({ run, part, dataset }: EvaluateInput) => {
    const { folder, best } = await runs.get(run)
    return { folder, kept: await evaluations.read({ run, part, dataset }, best?.epoch ?? 0) }
  }

  /** The dataset whose photos these are, as it is now; undefined where it is not known any more. */
  const openedOf = async ({ dataset }: EvaluateInput, folder: string) => {
    const all = await datasets.list()
    const known =
      dataset === undefined
        ? datasetOfRun(originOf(await readRecord(folder)), all)
        : all.find(({ id }) => id === dataset)
    return known && { id: known.id, ...(await datasets.open(known.id)) }
  }

  /** Answers of each epoch, for the run's own validation photos. */
  const historyOf = async (folder: string, { part }: EvaluateInput): Promise<History> => {
    if (part !== 'val') return new Map()
    const [epochs, record] = await Promise.all([readEpochAnswers(folder), readRecord(folder)])
    return new Map(photosOf(record.dataset, 'val').map((photo, i) => [photo.path, historyIn(epochs, i)]))
  }

  return {
    'evaluations.get': async (of) => {
      const { folder, kept } = await read(of)
      if (!kept) return { evaluation: null }
      const [opened, record, history] = await Promise.all([
        openedOf(of, folder),
        readRecord(folder),
        historyOf(folder, of),
      ])
      const { part, classes, photos, failed, report, entry } = kept
      const evaluation: Evaluation = {
        ...{ part, classes, failed, report },
        photos: photos.length,
        slices: sliceScores(photos),
        thresholds: thresholdCurve(photos),
        hasHistory: [...history.values()].some((its) => its.length > 0),
        dataset: opened?.id ?? null,
        temperature: record.temperature ?? null,
        isOld: entry !== null && opened !== undefined && opened.decisions.entry > entry,
      }
      return { evaluation }
    },

    'evaluations.photos': async ({ filter, order, offset, limit, ...of }) => {
      const { folder, kept } = await read(of)
      if (!kept) throw new ThawError('not-found', { what: 'this-result' })
      const history = await historyOf(folder, of)
      const opened = await openedOf(of, folder)
      const pathNow: PathNow = (photo) => opened?.decisions.pathNow(photo) ?? photo
      const meant = kept.photos.filter((photo) => isMeant(photo, filter, history, pathNow))
      const page = ordered(meant, order, history).slice(offset, offset + limit)
      const scanned = new Map(opened?.stored.dataset.photos.map((photo) => [photo.path, photo]))
      const now = new Map(opened?.browsed.photos.map((photo) => [photo.path, photo]))
      const nowOf = (photo: string): Pick<AnswerItem, 'now'> => {
        const its = now.get(pathNow(photo))
        if (!opened || !its) return {}
        return { now: its.out || its.class === null ? null : opened.browsed.classes[its.class]! }
      }
      return {
        total: meant.length,
        photos: page.map((photo): AnswerItem => {
          const its = scanned.get(pathNow(photo.photo))
          return {
            ...photo,
            picture: opened && its ? pictures.idOf(opened.id, its) : null,
            history: history.get(photo.photo) ?? [],
            ...nowOf(photo.photo),
          }
        }),
      }
    },

    'runs.calibrate': async ({ run, on }) => {
      const { kept } = await read({ run, part: 'val' })
      if (on && !kept) throw new ThawError('not-found', { what: 'this-result' })
      const temperature = on ? kept!.report.scaled.temperature : null
      if (temperature !== null && !tellsTemperature(temperature)) throw new ThawError('run.no-temperature')
      await runs.calibrate(run, temperature)
      emit('runs.changed', {})
      return {}
    },
  }
}
