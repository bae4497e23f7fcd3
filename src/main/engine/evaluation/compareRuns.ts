import path from 'node:path'
import { photosOf } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { holm, mcnemar, pairedCounts } from '../../../shared/evaluation/paired.ts'
import { wilson } from '../../../shared/metrics.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { openRun } from '../classify/classify.ts'
import type { LogitsOptions } from '../classify/logits.ts'
import { cropsOf } from '../classify/crops.ts'
import { logitsOf } from '../classify/logits.ts'
import { exists } from '../files.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { runFolderOf } from '../store/runFolder.ts'
import type { ComparedPair, ComparedRun, Comparison } from '../../../shared/api/compare.ts'
import { planDifferences, settingDifferences } from './differences.ts'

export interface CompareRequest {
  home: string
  /** Ids, names or folders. */
  runs: readonly string[]
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

/** Validation photos by their absolute path, with the class that the run took them for. */
const validationOf = ({ dataset, classes }: RunRecord): Map<string, string> =>
  new Map(
    photosOf(dataset, 'val').map((photo) => [
      path.resolve(dataset.folder, photo.path),
      classes[photo.class]!,
    ]),
  )

export interface SharedPhoto {
  photo: string
  class: string
}

/** Whose labels and crops hold for all: what the person decided last. */
const newestOf = (records: readonly RunRecord[]): RunRecord =>
  records.reduce((newest, it) => (it.created > newest.created ? it : newest))

/** Photos that every run was validated with and that are there, with the class that the newest of them took them for. */
export async function sharedPhotos(records: readonly RunRecord[]): Promise<SharedPhoto[]> {
  const sets = records.map(validationOf)
  const newest = sets[records.indexOf(newestOf(records))]!
  const shared = [...newest].filter(([photo]) => sets.every((set) => set.has(photo)))
  const there = await Promise.all(shared.map(([photo]) => exists(photo)))
  return shared.filter((_, i) => there[i]).map(([photo, name]) => ({ photo, class: name }))
}

/**
 * What a run's best weights answer, by photo; those that cannot be read are left out.
 * @throws ThawError run.*, run.answers-not-finite, weights.*, backend.none, cancelled
 */
async function answersOf(
  home: string,
  run: string,
  photos: readonly string[],
  { onPhoto, signal, crops }: LogitsOptions & { onPhoto: () => void; signal?: AbortSignal | undefined },
): Promise<Map<string, string>> {
  const { compute, opened, labels } = await openRun(home, run)
  const answers = new Map<string, string>()
  try {
    for await (const answer of logitsOf(compute, opened, photos, signal, { crops })) {
      if ('logits' in answer) {
        const index = answer.logits.indexOf(Math.max(...answer.logits))
        // Where one is no number there is no largest.
        if (index === -1) throw new ThawError('run.answers-not-finite')
        answers.set(answer.photo, labels[index]!)
      }
      onPhoto()
    }
    return answers
  } finally {
    opened.weights.dispose()
  }
}

/** Every pair of runs, tested on the same photos. */
function pairsOf(records: readonly RunRecord[], right: readonly boolean[][]): ComparedPair[] {
  const pairs = records.flatMap((a, i) =>
    records.slice(i + 1).map((b, j) => {
      const { onlyA, onlyB } = pairedCounts(right[i]!, right[i + 1 + j]!)
      return { a: a.id, b: b.id, onlyA, onlyB, p: mcnemar({ onlyA, onlyB }) }
    }),
  )
  const adjusted = holm(pairs.map(({ p }) => p))
  return pairs.map((pair, i) => ({ ...pair, adjusted: adjusted[i]! }))
}

/**
 * Compares runs by their answers on the validation photos that all of them have, and by what was set differently.
 * @throws ThawError run.*, weights.*, backend.none, cancelled
 */
export async function compareRuns(request: CompareRequest): Promise<Comparison> {
  const { home, runs, signal, onProgress } = request
  const folders = await Promise.all(runs.map((run) => runFolderOf(home, run)))
  const records = await Promise.all(folders.map((folder) => readRecordHere(home, folder)))
  const twice = records.find(({ id }, i) => records.findIndex((one) => one.id === id) < i)
  if (twice) throw new ThawError('run.twice', { run: twice.id })
  const shared = await sharedPhotos(records)
  if (shared.length === 0) throw new ThawError('run.no-shared-photos')

  const crops = cropsOf(newestOf(records).dataset)
  let done = 0
  const total = shared.length * runs.length
  const onPhoto = () => onProgress?.({ done: (done += 1), total })
  const given: Map<string, string>[] = []
  for (const folder of folders)
    given.push(
      await answersOf(
        home,
        folder,
        shared.map(({ photo }) => photo),
        { signal, onPhoto, crops },
      ),
    )

  return comparisonOf(records, shared, given)
}

/**
 * What answers on the same photos say of runs.
 * @param shared photos with the class that they show
 * @param given of each run, by photo; a photo that one of them could not read counts for none
 */
export function comparisonOf(
  records: readonly RunRecord[],
  shared: readonly SharedPhoto[],
  given: readonly ReadonlyMap<string, string>[],
): Comparison {
  const answered = shared.filter(({ photo }) => given.every((answers) => answers.has(photo)))
  const right = given.map((answers) => answered.map((it) => answers.get(it.photo) === it.class))
  const scored = records.map(({ id, name, network }, i): ComparedRun => {
    const correct = right[i]!.filter(Boolean).length
    const interval = wilson(correct, answered.length)
    const accuracy = answered.length === 0 ? 0 : correct / answered.length
    return { run: id, name, network, correct, total: answered.length, accuracy, interval }
  })
  const differing = answered
    .map((it) => ({ ...it, answers: given.map((answers) => answers.get(it.photo)!) }))
    .filter(({ answers }) => new Set(answers).size > 1)
  return {
    runs: scored,
    pairs: pairsOf(records, right),
    settings: settingDifferences(records),
    plan: planDifferences(records),
    photos: { total: answered.length, differing },
  }
}
