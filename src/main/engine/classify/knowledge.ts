import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { CarriedCalibration } from '../../../shared/carried.ts'
import { photosOf } from '../../../shared/dataset.ts'
import { crossFitTemperature, usableTemperature } from '../../../shared/evaluation/temperature.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { spread } from '../../../shared/spread.ts'
import { bankOf } from '../bank/bank.ts'
import type { Matrix } from '../bank/matrix.ts'
import { sha256Of } from '../checksum.ts'
import { exists, makeFolder, writeAtomic } from '../files.ts'
import { readJson, writeJson } from '../store/jsonFile.ts'
import type { Calibration } from './judge.ts'
import type { Labelled } from './classify.ts'
import { cropsOf } from './crops.ts'
import { logitsOf } from './logits.ts'
import { cooled, meanLogits } from './probabilities.ts'
import { scoresOf } from './promises.ts'
import { mostReferences, References } from './strangers.ts'

/** What a run's own photos say of its answers. Kept with each classification that the run makes. */
export const Knowledge = z.strictObject({
  format: z.literal(1),
  classes: z.int(),
  temperature: z.number(),
  /** Of the validation photos that are still there: the class each shows, its cross-fitted answer, its distance. */
  targets: z.array(z.int()),
  probabilities: z.array(z.number()),
  distances: z.array(z.number()),
  /** Numbers a training photo's features have. */
  channels: z.int(),
})
export type Knowledge = z.infer<typeof Knowledge>

/** What a file of a run brings along of it. @param channels of its references; 0: it brings none, and no photo is a stranger */
export const knowledgeFrom = (carried: CarriedCalibration, classes: number, channels: number): Knowledge => ({
  format: 1,
  classes,
  ...carried,
  distances: channels === 0 ? [] : carried.distances,
  channels,
})

export const calibrationOf = (knowledge: Knowledge): Calibration => ({
  temperature: knowledge.temperature,
  scores: scoresOf(knowledge).toSorted((a, b) => a - b),
  distances: knowledge.distances.toSorted((a, b) => a - b),
})

export interface KnowledgeRequest {
  record: RunRecord
  labelled: Labelled
  mirrored: boolean
  /** Where what was computed is kept, and the bank's features, see dataPaths. */
  folder: string
  features: string
  signal?: AbortSignal | undefined
  onProgress?: ((counted: { done: number; total: number }) => void) | undefined
}

export interface Known {
  knowledge: Knowledge
  references: References
}

/** Goes up where what is told of the same photos changes. */
const knowledgeVersion = 2

/** Changes with the weights, the photos and how they are answered. */
async function keyOf({ record, labelled, mirrored }: KnowledgeRequest): Promise<string> {
  const { size, mtimeMs } = await stat(labelled.opened.file)
  const photos = record.dataset.photos.map(({ path: photo, bytes, modified }) => [photo, bytes, modified])
  const parts = [
    knowledgeVersion,
    record.id,
    record.dataset.folder,
    size,
    mtimeMs,
    mirrored,
    labelled.temperature,
    labelled.opened.preparation,
    photos,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

/**
 * What a run's training and validation photos tell: computed once for its weights, then read. undefined where no validation
 * photo is there any more.
 * @throws ThawError cancelled, disk.full
 */
export async function knowledgeOf(request: KnowledgeRequest): Promise<Known | undefined> {
  const base = path.join(request.folder, await keyOf(request))
  const kept = await read(base)
  if (kept) return kept
  const found = await compute(request)
  if (!found) return undefined
  await makeFolder(request.folder)
  const { knowledge, features } = found
  await writeAtomic(`${base}.features`, [new Uint8Array(features.values.buffer)])
  await writeJson(`${base}.json`, knowledge)
  return { knowledge, references: new References(features) }
}

async function read(base: string): Promise<Known | undefined> {
  const knowledge = await readJson(`${base}.json`, Knowledge)
  if (!knowledge || !(await exists(`${base}.features`))) return undefined
  const bytes = await readFile(`${base}.features`)
  const values = new Float32Array(new Uint8Array(bytes).buffer)
  const { channels: columns } = knowledge
  return { knowledge, references: new References({ values, columns, rows: values.length / columns }) }
}

/** Features of the training photos that are still there, of at most `most`: from the bank as far as they are in it. */
export async function trainingFeatures(
  { record, labelled, features, signal, onProgress }: Omit<KnowledgeRequest, 'mirrored' | 'folder'>,
  most = mostReferences,
): Promise<Matrix> {
  const { compute, opened } = labelled
  const photos = spread(photosOf(record.dataset, 'train'), most).map((photo) => ({
    file: path.join(record.dataset.folder, photo.path),
    crop: photo.crop,
  }))
  const sha256 = await sha256Of(opened.file)
  const bank = await bankOf({ photos, compute, opened, sha256, folder: features }, { signal, onProgress })
  const failed = new Set(bank.failed.map(({ index }) => index))
  const { values, columns } = bank.features
  const there = photos.map((_, row) => row).filter((row) => !failed.has(row))
  const kept = new Float32Array(there.length * columns)
  there.forEach((row, i) => kept.set(values.subarray(row * columns, (row + 1) * columns), i * columns))
  return { values: kept, rows: there.length, columns }
}

async function compute(request: KnowledgeRequest) {
  const { record, onProgress } = request
  const trained = Math.min(mostReferences, photosOf(record.dataset, 'train').length)
  const total = trained + photosOf(record.dataset, 'val').length
  const features = await trainingFeatures({
    ...request,
    onProgress: ({ done }) => onProgress?.({ done, total }),
  })
  const near = features.rows > 0 ? new References(features) : undefined
  const asked = await askValidation(
    { ...request, onProgress: ({ done }) => onProgress?.({ done: trained + done, total }) },
    near,
  )
  if (!asked) return undefined
  const knowledge: Knowledge = {
    format: 1,
    classes: request.labelled.labels.length,
    ...asked,
    channels: features.columns,
  }
  return { knowledge, features }
}

/**
 * Lets a run's network answer its validation photos. undefined where none is there any more.
 * @param near of the training photos: distances to them are measured too
 * @throws ThawError cancelled
 */
export async function askValidation(
  { record, labelled, mirrored, signal, onProgress }: Omit<KnowledgeRequest, 'folder' | 'features'>,
  near?: References,
): Promise<CarriedCalibration | undefined> {
  const { compute, opened, labels } = labelled
  const val = photosOf(record.dataset, 'val')
  const files = val.map((photo) => path.resolve(record.dataset.folder, photo.path))
  const targets: number[] = []
  const logits: number[] = []
  const distances: number[] = []
  let done = 0
  for await (const answer of logitsOf(compute, opened, files, signal, {
    ...{ features: near !== undefined, mirrored, crops: cropsOf(record.dataset) },
  })) {
    const photo = val[done]!
    done += 1
    onProgress?.({ done, total: val.length })
    if (!('logits' in answer)) continue
    targets.push(photo.class)
    // What is promised is told by the same probabilities that classifying gives.
    logits.push(...cooled(meanLogits(answer), labelled.temperature))
    if (near) distances.push(near.distance(answer.features!))
  }
  if (targets.length === 0) return undefined
  const fitted = crossFitTemperature(logits, targets, labels.length, { seed: record.config.seed })
  return {
    temperature: usableTemperature(fitted.temperature),
    targets,
    probabilities: Array.from(fitted.answers.logProbabilities, Math.exp),
    distances,
  }
}
