import path from 'node:path'
import type { RunConfig } from '../../../shared/config.ts'
import { onPhotosOf } from '../../../shared/model/layers.ts'
import type { Dataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { fitted } from '../../../shared/preparation.ts'
import { requirePhotoSize } from '../../../shared/model/photoSize.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import type { Environment, RunEvent, RunRecord } from '../../../shared/run.ts'
import { openCompute } from '../backend/compute.ts'
import type { Compute } from '../backend/compute.ts'
import { archivesLeftOut, otherPicturesLeftOut } from '../datasets/leftOut.ts'
import { requireTrainable } from '../datasets/requireTrainable.ts'
import { sha256Of } from '../checksum.ts'
import type { OpenedNetwork, OpenOptions } from '../model/open.ts'
import { openNetwork, weightFileOf } from '../model/open.ts'
import { PhotoPool } from '../preprocess/workers/pool.ts'
import { dataPaths } from '../store/paths.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { eventsBetweenSteps } from '../store/runFolder.ts'
import { TrainingLoop } from './loop.ts'
import { requireFit, requireSense } from './requireStart.ts'
import { newRunId, requireEmpty, RunRecorder } from './runRecorder.ts'
import { planFor } from '../../../shared/planFor.ts'

export interface TrainOptions {
  home: string
  /** The run's folder itself, absent or empty; by default one in the data folder. */
  folder?: string
  dataset: Dataset
  config: RunConfig
  name?: string
  signal?: AbortSignal
  shouldPause?: () => (() => Promise<void>) | undefined
  /** Asked after each epoch whether it was the last for now. */
  shouldStop?: () => boolean
  /** The dataset is a few photos of a whole one, to be measured with: classes may be missing. */
  isProbe?: boolean
}

export interface ResumeOptions extends Pick<TrainOptions, 'home' | 'signal' | 'shouldPause' | 'shouldStop'> {
  /** Go on although the backend or the processor is another one: the result is close, and not the same to the last bit. */
  allowDifferent?: boolean
}

/**
 * Opens a network and, at the same time, takes the SHA-256 of its weight file and starts the threads that decode photos.
 * @throws ThawError network.unknown, weights.*
 */
async function openMaterials(options: OpenOptions, threads: number) {
  const hash = sha256Of(weightFileOf(options))
  const starting = PhotoPool.open({ threads })
  // What is wrong with the file, opening it says better.
  for (const other of [hash, starting]) other.catch(() => undefined)
  let opened: OpenedNetwork | undefined
  const close = async (): Promise<void> => {
    opened?.weights.dispose()
    await (await starting.catch(() => undefined))?.close()
  }
  try {
    opened = await openNetwork(options)
    return { ...opened, sha256: await hash, pool: await starting, close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Trains a network and records the run.
 * @throws ThawError before the first event if the run cannot begin; after that it is recorded as `failed` first
 */
export async function* train(options: TrainOptions): AsyncGenerator<RunEvent> {
  const { config, dataset } = options
  if (!options.isProbe) requireTrainable(dataset)
  requireSense(config, dataset.classes.length)
  // Before the work of opening a network, and again when the folder is made.
  if (options.folder !== undefined) await requireEmpty(options.folder)
  const compute = await openCompute(config.threads, config.precision)
  const materials = await openMaterials(
    {
      backbone: config.backbone,
      file: config.weights,
      newHead: { classes: dataset.classes.length, seed: config.seed },
    },
    compute.environment.threads,
  )
  try {
    requirePhotoSize(materials.network, config.preparation ?? materials.preparation)
    const { crop } = config.preparation ?? materials.preparation
    for (const epoch of [1, ...config.thaw.map((it) => it.epoch)])
      requireFit(
        onPhotosOf(materials.network, crop),
        resolvePlan(materials.network, planFor(config, materials.network, epoch)),
        config,
        compute.available(),
      )
    const id = newRunId()
    const record: RunRecord = {
      format: 1,
      id,
      name: options.name ?? `${path.basename(dataset.folder)} · ${materials.network.title}`,
      created: new Date().toISOString(),
      config,
      network: config.backbone,
      classes: dataset.classes,
      preparation: fitted(config.preparation ?? materials.preparation, config.fit),
      dataset: {
        folder: dataset.folder,
        layout: dataset.layout,
        ...(dataset.source !== undefined && { source: dataset.source }),
        photos: dataset.photos,
        unreadable: dataset.unreadable.length,
        ...(dataset.entry !== undefined && { entry: dataset.entry }),
        ...(dataset.id !== undefined && { id: dataset.id }),
      },
      weights: {
        file: path.resolve(materials.file),
        sha256: materials.sha256,
        headReplaced: materials.headReplaced,
      },
      environment: compute.environment,
    }
    const runs = dataPaths({ home: options.home, cache: options.home }).runs
    const run = await RunRecorder.create(options.folder ?? path.join(runs, id), record)
    const warnings = [...materials.notes, ...warningsOf(compute, record)]
    for (const leftOut of [otherPicturesLeftOut(dataset), archivesLeftOut(dataset)])
      if (leftOut) warnings.push(leftOut)
    yield* new TrainingLoop(run, record, materials, compute, { ...options, warnings }).events(false)
  } finally {
    await materials.close()
  }
}

/** What a person should know before waiting: a card that was expected to compute does not, a class has a single photo. */
function warningsOf({ noGpu }: Compute, { classes, dataset }: RunRecord): ThawError[] {
  const learnt = dataset.photos.filter((photo) => photo.split === 'train')
  const single = classes.filter((_, i) => learnt.filter((photo) => photo.class === i).length === 1)
  return [
    ...(noGpu === null ? [] : [new ThawError(noGpu.code, noGpu.parameters)]),
    ...single.map((name) => new ThawError('dataset.one-photo', { class: name })),
  ]
}

/** What has to be the same for the same bits, in words. */
const identityOf = ({ backend, backendVersion, device, gpu, threads, cpuFeatures }: Environment): string =>
  `${backend} ${backendVersion}, ${gpu === null ? '' : `${device} (${gpu}), `}${threads} threads, ${cpuFeatures.join(' ')}`

/** Whether a run has an epoch of its own: a fork that has not begun has none. @throws ThawError run.finished */
async function hasBegun(folder: string, { name, fork }: RunRecord): Promise<boolean> {
  let isBegun = fork === undefined
  for await (const event of eventsBetweenSteps(folder)) {
    if (event.type === 'finished') throw new ThawError('run.finished', { run: name })
    isBegun ||= event.type === 'forked' && event.from === fork?.run && event.epoch === fork.epoch
  }
  return isBegun
}

/**
 * Goes on from the last checkpoint. A fork may begin anywhere. Where it is not as it was before, its record tells what it is now.
 * @throws ThawError run.missing, run.finished, run.no-checkpoint, run.locked, run.other-machine, run.other-weights
 */
export async function* resume(folder: string, options: ResumeOptions): AsyncGenerator<RunEvent> {
  const record = await readRecordHere(options.home, folder)
  const isBegun = await hasBegun(folder, record)
  const { threads, gpu } = record.environment
  const compute = await openCompute(threads, record.config.precision, gpu ?? 'off')
  const { environment } = compute
  const [then, now] = [identityOf(record.environment), identityOf(environment)]
  if (isBegun && then !== now && !options.allowDifferent)
    throw new ThawError('run.other-machine', { run: record.name, then, now })
  const materials = await openMaterials(
    {
      backbone: record.config.backbone,
      file: record.weights.file,
      newHead: { classes: record.classes.length, seed: record.config.seed },
    },
    environment.threads,
  )
  try {
    if (materials.sha256 !== record.weights.sha256)
      throw new ThawError('run.other-weights', { run: record.name, file: materials.file })
    const run = await RunRecorder.open(folder)
    if (then !== now)
      await run.describe({ ...record, environment }).catch((error: unknown) => {
        run.release()
        throw error
      })
    const warnings = warningsOf(compute, record)
    if (environment.gpu === 'autotune') warnings.push(new ThawError('gpu.autotune'))
    const control = { ...options, warnings }
    yield* new TrainingLoop(run, { ...record, environment }, materials, compute, control).events(true)
  } finally {
    await materials.close()
  }
}
