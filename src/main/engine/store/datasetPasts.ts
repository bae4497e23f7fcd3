import { createHash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { DatasetPast, datasetOfRun, originOf } from '../../../shared/belonging.ts'
import { DatasetLayout } from '../../../shared/dataset.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { exists, pathFrom } from '../files.ts'
import { isOutside } from '../datasets/relocated.ts'
import { readJson, writeJson } from './jsonFile.ts'
import { dataPaths } from './paths.ts'
import { readRecord } from './runFolder.ts'

/** Its file stays, as its journal does, where a dataset is taken off the list: it may be added again. */
const PastFile = z.strictObject({
  id: z.string(),
  /** Where it is now. */
  folder: z.string(),
  source: z.string().optional(),
  layout: DatasetLayout,
  past: DatasetPast,
})
type PastFile = z.infer<typeof PastFile>

/** A dataset in its place. */
export type Placed = Omit<PastFile, 'past'>

const suffix = '.past'
const fileOf = (datasets: string, id: string): string => path.join(datasets, `${id}${suffix}`)

/** undefined: it has always been where it is, and nobody was there before. */
export const readPast = async (datasets: string, id: string): Promise<DatasetPast | undefined> =>
  (await readJson(fileOf(datasets, id), PastFile))?.past

async function allPasts(datasets: string): Promise<PastFile[]> {
  const names = (await readdir(datasets).catch(() => [])).filter((name) => name.endsWith(suffix))
  const read = await Promise.all(names.map((name) => readJson(path.join(datasets, name), PastFile)))
  return read.filter((it) => it !== undefined)
}

const isSamePlace = (a: Placed, b: Placed): boolean => a.folder === b.folder && a.source === b.source

/**
 * Keeps where a dataset was before, so that its runs are found, and are not taken for another one's that comes to that place.
 * @param at now, ISO 8601
 * @throws ThawError disk.full, output.unwritable
 */
export async function keepPast(
  datasets: string,
  now: Placed,
  before: Placed | undefined,
  at: string,
): Promise<void> {
  const past = await pastOf(datasets, now, before, at)
  if (past) await writeJson(fileOf(datasets, now.id), { ...now, past } satisfies PastFile)
}

async function pastOf(
  datasets: string,
  now: Placed,
  before: Placed | undefined,
  at: string,
): Promise<DatasetPast | undefined> {
  if (before) {
    if (isSamePlace(now, before)) return undefined
    const { lasting, since, former = [] } = (await readPast(datasets, before.id)) ?? { lasting: before.id }
    const left = {
      ...{ place: before.source ?? before.folder, folder: before.folder, until: at },
      ...(since !== undefined && { since }),
    }
    return { lasting, since: at, former: [...former, left] }
  }
  if (await exists(fileOf(datasets, now.id))) return undefined
  const isTaken = (await allPasts(datasets)).some(({ past }) => past.lasting === now.id)
  if (!isTaken) return undefined
  const lasting = createHash('sha256').update(`${now.id} ${at}`).digest('hex').slice(0, 16)
  return { lasting, since: at, former: [] }
}

/** Where the dataset has gone elsewhere. */
export const forgetPast = (datasets: string, id: string): Promise<void> =>
  rm(fileOf(datasets, id), { force: true })

/** A run's record with its photos where they lie now: their dataset may have been moved since it learnt. */
export async function withPhotosHere(record: RunRecord, datasets: string): Promise<RunRecord> {
  const known = datasetOfRun(originOf(record), await allPasts(datasets))
  if (!known) return record
  const { folder: from, layout, photos, ...dataset } = record.dataset
  const { folder: to, source } = known
  // Of an archive that has changed since, the copy that the run learnt from is the better one as long as it is there.
  const isMoved = (record.dataset.source ?? from) !== (source ?? to)
  if (from === to || (!isMoved && (await exists(from)))) return record
  const moves = (photo: string) => layout !== 'list' && isOutside(photo)
  return {
    ...record,
    dataset: {
      ...{ ...dataset, folder: to, layout, id: known.past.lasting },
      ...(source !== undefined && { source }),
      photos: photos.map((photo) =>
        moves(photo.path) ? { ...photo, path: pathFrom(to, path.resolve(from, photo.path)) } : photo,
      ),
    },
  }
}

/**
 * The record that `withPhotosHere` makes of a run's.
 * @throws ThawError run.missing, run.damaged
 */
export async function readRecordHere(home: string, folder: string): Promise<RunRecord> {
  return withPhotosHere(await readRecord(folder), dataPaths({ home, cache: home }).datasets)
}
