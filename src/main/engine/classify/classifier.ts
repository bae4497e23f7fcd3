import path from 'node:path'
import type { Classified, ClassifyHow, ClassifyModel } from '../../../shared/api/classify.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { runFolderOf } from '../store/runFolder.ts'
import type { DataPaths } from '../store/paths.ts'
import { takenAt } from '../filing/day.ts'
import type { ClassifiedPhoto } from './classify.ts'
import { answerPhotos, openModel } from './classify.ts'
import type { Knowledge } from './knowledge.ts'
import { referencesFrom } from './carriedReferences.ts'
import { cropsOf } from './crops.ts'
import { knowledgeFrom, knowledgeOf } from './knowledge.ts'

export interface ClassifierOptions {
  home: string
  /** Where knowledge of runs and features are kept, see dataPaths; undefined: nobody asks how sure is sure. */
  paths?: Pick<DataPaths, 'knowledge' | 'features'> | undefined
  model: ClassifyModel
  how: ClassifyHow
  signal: AbortSignal
  /** Photos of the run itself that are looked at first. */
  onKnowing?: (counted: { done: number; total: number }) => void
}

/** A network that answers photos, and goes on answering until it is closed. */
export interface Classifier {
  classes: readonly string[]
  /** The run's or the network's name. */
  name: string
  /** What the run's validation photos say; null for published networks, files that bring none, and where these photos are gone. */
  knowledge: Knowledge | null
  /** An answer a photo, in their order. @param first the first one's index @throws ThawError cancelled */
  answer: (photos: readonly string[], first: number, signal: AbortSignal) => AsyncIterable<Classified>
  close: () => void
}

export interface OpenedClassifier extends Classifier {
  /** As `answer`, with the network's raw output, and by the path that was given. @throws ThawError cancelled */
  classify: (photos: readonly string[], signal: AbortSignal) => AsyncIterable<ClassifiedPhoto>
}

/** Of so many classes all are told: what the promise needs may be any of them. */
const allTold = 100

const recordOf = async (home: string, model: ClassifyModel): Promise<RunRecord | undefined> =>
  'run' in model ? readRecordHere(home, await runFolderOf(home, model.run)) : undefined

/** @throws ThawError run.*, weights.*, labels.*, network.unknown, backend.none, cancelled */
export async function openClassifier(options: ClassifierOptions): Promise<OpenedClassifier> {
  const { home, model, how, signal } = options
  const record = await recordOf(home, model)
  const labelled = await openModel(home, model)
  const { opened, labels } = labelled
  const close = () => opened.weights.dispose()
  try {
    const known =
      record && options.paths
        ? await knowledgeOf({
            ...{ record, labelled, mirrored: how.mirrored },
            ...{ folder: options.paths.knowledge, features: options.paths.features },
            ...{ signal, onProgress: options.onKnowing },
          })
        : undefined
    const crops = record && cropsOf(record.dataset)
    // What a file brings along was measured without mirror images.
    const carried = how.mirrored ? null : opened.carried.calibration
    const brought = carried && opened.carried.references && referencesFrom(opened.carried.references)
    const references = known?.references ?? brought ?? undefined
    const knowledge =
      known?.knowledge ?? (carried && knowledgeFrom(carried, labels.length, brought?.channels ?? 0))
    const top = knowledge ? Math.max(how.top, Math.min(allTold, labels.length)) : how.top
    const classify = (photos: readonly string[], stop: AbortSignal) =>
      answerPhotos(labelled, photos, { top, mirrored: how.mirrored, signal: stop, references, crops })
    return {
      classes: labels,
      name: record?.name ?? opened.carried.provenance?.name ?? networkOf(opened.network.name).title,
      knowledge,
      classify,
      answer: (photos, first, stop) => answers(classify(photos, stop), first, how),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

async function* answers(
  found: ReturnType<typeof answerPhotos>,
  first: number,
  { times }: ClassifyHow,
): AsyncGenerator<Classified> {
  let index = first
  for await (const answer of found) {
    const photo = { index, path: path.resolve(answer.photo) }
    index += 1
    if ('error' in answer) yield { ...photo, top: [], error: answer.error, distance: null, taken: null }
    else {
      const { top, distance } = answer
      yield { ...photo, top, error: null, distance, taken: times ? await takenAt(photo.path) : null }
    }
  }
}
