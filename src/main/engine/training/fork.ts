/** A second run that begins where another one was after an epoch, and shares every byte until there. */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { PlanChoice } from '../../../shared/config.ts'
import { RunConfig } from '../../../shared/config.ts'
import { ThawError } from '../../../shared/errors.ts'
import { fixedAtFork } from '../../../shared/fork.ts'
import { because } from '../../../shared/reasons.ts'
import type { RunRecord, TensorReceipt } from '../../../shared/run.ts'
import { reasonOf } from '../../../shared/settingIssues.ts'
import { exists, linkOrCopy, writeAtomic, writeError, makeFolder } from '../files.ts'
import { copyEpochAnswers } from '../store/epochAnswers.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { dataPaths } from '../store/paths.ts'
import { eventsFile, eventsBetweenSteps, recordFile } from '../store/runFolder.ts'
import { checkpointFile, eventsBefore } from './checkpoint.ts'
import { keptEpochs, keptEpochPaths } from '../store/keptEpochs.ts'
import type { Receipt } from './receipt.ts'
import { newRunId, requireEmpty, startOf } from './runRecorder.ts'
import { savedWeights } from './saveNetwork.ts'

export interface ForkRequest {
  home: string
  /** Folder of the run it parts from. */
  from: string
  /** The last epoch that both share. */
  epoch: number
  /** What is set otherwise from there on. A plan holds from the next epoch on. */
  changes: Readonly<Record<string, unknown>>
  name?: string
  /** The fork's folder, absent or empty; by default one in the data folder. */
  folder?: string
}

/** Settings under which a run goes on with another plan after an epoch: the plans until there stay as they were. */
export function planFrom(config: RunConfig, epoch: number, plan: PlanChoice): RunConfig {
  return { ...config, thaw: [...config.thaw.filter((it) => it.epoch <= epoch), { epoch: epoch + 1, plan }] }
}

/** @throws ThawError run.fork-setting, config.invalid */
function settingsOf(record: RunRecord, { epoch, changes }: ForkRequest): RunConfig {
  const { plan, ...others } = changes
  for (const setting of [...fixedAtFork, 'thaw'])
    if (setting in others) throw new ThawError('run.fork-setting', { setting })
  const parsed = RunConfig.safeParse({ ...record.config, ...others, plan: plan ?? record.config.plan })
  if (!parsed.success) throw new ThawError('config.invalid', reasonOf(parsed.error))
  // As the window has it: a fork that ends where it begins would be a finished run that has learnt nothing.
  const longer = z.object({ epochs: z.int().min(epoch + 1) }).safeParse(parsed.data)
  if (!longer.success) throw new ThawError('config.invalid', reasonOf(longer.error))
  const config = { ...parsed.data, plan: record.config.plan }
  return plan === undefined ? config : planFrom(config, epoch, parsed.data.plan)
}

/**
 * Makes the folder of a fork; `resume` then goes on with it. The run it parts from is not touched.
 * @returns the folder
 * @throws ThawError run.missing, run.damaged, run.no-kept-epoch, run.fork-setting, config.invalid, output.*, disk.full
 */
export async function fork(request: ForkRequest): Promise<string> {
  const { home, from, epoch } = request
  const parent = await readRecordHere(home, from)
  const kept = (await keptEpochs(from)).map((it) => it.epoch)
  if (!kept.includes(epoch))
    throw new ThawError('run.no-kept-epoch', { run: parent.name, epoch, kept: kept.join(', ') || '–' })
  const id = newRunId()
  const record: RunRecord = {
    ...parent,
    id,
    name: request.name ?? `${parent.name} · ${epoch}`,
    created: new Date().toISOString(),
    config: settingsOf(parent, request),
    fork: { run: parent.id, name: parent.name, epoch },
  }
  const runs = dataPaths({ home, cache: home }).runs
  const folder = request.folder ?? path.join(runs, id)
  await requireEmpty(folder)
  try {
    await makeFolder(path.dirname(checkpointFile(folder)))
    const paths = keptEpochPaths(from, epoch)
    await linkOrCopy(paths.checkpoint, checkpointFile(folder))
    if (await exists(paths.best)) await linkOrCopy(paths.best, savedWeights(folder, 'best'))
    await copyStart(from, folder, await eventsBefore(folder))
    await copyEpochAnswers(from, folder, epoch)
    // It is a run from here on.
    await writeAtomic(path.join(folder, recordFile), [`${JSON.stringify(record, null, 1)}\n`])
    return folder
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw writeError(error, folder)
  }
}

/** The events until the fork, byte for byte. */
async function copyStart(from: string, folder: string, events: number): Promise<void> {
  const file = path.join(from, eventsFile)
  const { bytes } = await startOf(file, events)
  await writeAtomic(
    path.join(folder, eventsFile),
    createReadStream(file, { end: bytes - 1 }) as AsyncIterable<Buffer>,
  )
}

/**
 * Compares every tensor with the receipt of the epoch that both runs share.
 * @param receipt of the weights as they are now
 * @returns how many tensors are the same
 * @throws ThawError run.fork-differs, run.damaged
 */
export async function proveFork(
  folder: string,
  { name: run, epoch }: NonNullable<RunRecord['fork']>,
  receipt: Receipt,
): Promise<number> {
  let before: TensorReceipt[] | undefined
  for await (const event of eventsBetweenSteps(folder))
    if (event.type === 'receipt' && event.epoch === epoch) before = event.tensors
  if (!before) throw new ThawError('run.damaged', { folder, ...because('no-receipt', { epoch }) })
  const now = new Map(receipt.issue(() => true).map(({ name, hash }) => [name, hash]))
  for (const { name, hash } of before)
    if (now.get(name) !== hash) throw new ThawError('run.fork-differs', { run, epoch, tensor: name })
  return before.length
}
