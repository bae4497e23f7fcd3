import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { photosOf } from '../../../shared/dataset.ts'
import { crossFitTemperature } from '../../../shared/evaluation/temperature.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { spread } from '../../../shared/spread.ts'
import { exists, makeFolder, writeAtomic } from '../files.ts'
import { readJson, writeJson } from '../store/jsonFile.ts'
import type { Calibration } from './judge.ts'
import type { Labelled } from './classify.ts'
import { logitsOf } from './logits.ts'
import { meanLogits } from './probabilities.ts'
import { scoresOf } from './promises.ts'
import { mostReferences, normaliseRows, References } from './strangers.ts'

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

export const calibrationOf = (knowledge: Knowledge): Calibration => ({
  temperature: knowledge.temperature,
  scores: scoresOf(knowledge).toSorted((a, b) => a - b),
  distances: knowledge.distances.toSorted((a, b) => a - b),
})

export interface KnowledgeRequest {
  record: RunRecord
  labelled: Labelled
  mirrored: boolean
  /** Where what was computed is kept, see dataPaths. */
  folder: string
  signal?: AbortSignal | undefined
  onProgress?: ((counted: { done: number; total: number }) => void) | undefined
}

export interface Known {
  knowledge: Knowledge
  references: References
}

/** Changes with the weights, the photos and how they are answered. */
async function keyOf({ record, labelled, mirrored }: KnowledgeRequest): Promise<string> {
  const { size, mtimeMs } = await stat(labelled.opened.file)
  const photos = record.dataset.photos.map(({ path: photo, bytes, modified }) => [photo, bytes, modified])
  const parts = [
    record.id,
    record.dataset.folder,
    size,
    mtimeMs,
    mirrored,
    labelled.opened.preparation,
    photos,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

/** Rows of features as they come, [photos, channels]. */
class Rows {
  readonly values: Float32Array[] = []

  get channels(): number {
    return this.values[0]?.length ?? 0
  }

  normalised(): Float32Array {
    const all = new Float32Array(this.values.length * this.channels)
    this.values.forEach((row, i) => all.set(row, i * this.channels))
    return normaliseRows(all, this.channels)
  }
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
  await writeAtomic(`${base}.features`, [new Uint8Array(features.buffer)])
  await writeJson(`${base}.json`, knowledge)
  return { knowledge, references: new References(features, knowledge.channels) }
}

async function read(base: string): Promise<Known | undefined> {
  const knowledge = await readJson(`${base}.json`, Knowledge)
  if (!knowledge || !(await exists(`${base}.features`))) return undefined
  const bytes = await readFile(`${base}.features`)
  const features = new Float32Array(new Uint8Array(bytes).buffer)
  return { knowledge, references: new References(features, knowledge.channels) }
}

async function compute({ record, labelled, mirrored, signal, onProgress }: KnowledgeRequest) {
  const { compute, opened, labels } = labelled
  const { folder } = record.dataset
  const train = spread(photosOf(record.dataset, 'train'), mostReferences)
  const val = photosOf(record.dataset, 'val')
  const total = train.length + val.length
  let done = 0
  const outputs = (photos: readonly { path: string }[], options: { mirrored: boolean }) => {
    const files = photos.map((photo) => path.join(folder, photo.path))
    return logitsOf(compute, opened, files, signal, { features: true, ...options })
  }
  const told = () => onProgress?.({ done: (done += 1), total })

  const references = new Rows()
  for await (const answer of outputs(train, { mirrored: false })) {
    told()
    if ('logits' in answer) references.values.push(answer.features!)
  }
  const features = references.normalised()
  const near = new References(features, references.channels)
  const targets: number[] = []
  const logits: number[] = []
  const distances: number[] = []
  let place = 0
  for await (const answer of outputs(val, { mirrored })) {
    const photo = val[place]!
    place += 1
    told()
    if (!('logits' in answer)) continue
    targets.push(photo.class)
    logits.push(...meanLogits(answer))
    if (references.values.length > 0) distances.push(near.distance(answer.features!))
  }
  if (targets.length === 0) return undefined
  const fitted = crossFitTemperature(logits, targets, labels.length, { seed: record.config.seed })
  const knowledge: Knowledge = {
    format: 1,
    classes: labels.length,
    temperature: fitted.temperature,
    targets,
    probabilities: Array.from(fitted.answers.logProbabilities, Math.exp),
    distances,
    channels: references.channels,
  }
  return { knowledge, features }
}
