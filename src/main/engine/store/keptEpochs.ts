/** Checkpoints after whole epochs, kept beside the one that a run resumes from: a fork begins with one of them. */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { RunConfig } from '../../../shared/config.ts'
import { exists, makeFolder } from '../files.ts'

export interface KeptEpoch {
  epoch: number
  /** On the disk. A file that several epochs share counts for the first of them. */
  bytes: number
}

interface KeptEpochPaths {
  folder: string
  checkpoint: string
  /** The best weights until then, where the checkpoint lacks them. */
  best: string
}

const nameOf = (epoch: number): string => `epoch-${String(epoch).padStart(5, '0')}`
const epochIn = /^epoch-(\d{5,})$/

/** Where a run keeps an epoch. */
export function keptEpochPaths(run: string, epoch: number): KeptEpochPaths {
  const folder = path.join(run, 'checkpoints', nameOf(epoch))
  return {
    folder,
    checkpoint: path.join(folder, 'checkpoint.safetensors'),
    best: path.join(folder, 'best.safetensors'),
  }
}

/** @throws ThawError disk.full, output.unwritable */
export async function makeKeptEpoch(run: string, epoch: number): Promise<KeptEpochPaths> {
  const kept = keptEpochPaths(run, epoch)
  await makeFolder(kept.folder)
  return kept
}

/** Bytes of a kept epoch's files that no epoch before it has. */
async function bytesIn(folder: string, seen: Set<string>): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder).catch(() => [])) {
    const file = await stat(path.join(folder, name)).catch(() => undefined)
    if (!file || seen.has(`${file.dev} ${file.ino}`)) continue
    seen.add(`${file.dev} ${file.ino}`)
    bytes += file.size
  }
  return bytes
}

/** The epochs that a run can be forked at, in order. */
export async function keptEpochs(run: string): Promise<KeptEpoch[]> {
  const names = await readdir(path.join(run, 'checkpoints')).catch(() => [])
  const epochs = names.flatMap((name) => epochIn.exec(name)?.[1] ?? []).map(Number)
  const kept: KeptEpoch[] = []
  const seen = new Set<string>()
  for (const epoch of epochs.sort((a, b) => a - b)) {
    const { folder, checkpoint } = keptEpochPaths(run, epoch)
    // Without it the process ended while it was being kept.
    if (await exists(checkpoint)) kept.push({ epoch, bytes: await bytesIn(folder, seen) })
  }
  return kept
}

export const forgetEpoch = (run: string, epoch: number): Promise<void> =>
  rm(keptEpochPaths(run, epoch).folder, { recursive: true, force: true })

/**
 * Which epoch is missed least: the one whose neighbours are closest together, the best and the last one only when no other is
 * left, the best after the last.
 */
export function leastMissed(epochs: readonly number[], best: number, last: number): number {
  const others = epochs.filter((epoch) => epoch !== best && epoch !== last)
  if (others.length === 0) return epochs.find((epoch) => epoch !== best) ?? epochs[0]!
  const gapAt = (epoch: number) => {
    const index = epochs.indexOf(epoch)
    return (epochs[index + 1] ?? Infinity) - (epochs[index - 1] ?? 0)
  }
  return others.reduce((least, epoch) => (gapAt(epoch) < gapAt(least) ? epoch : least))
}

/** Forgets kept epochs until only the best, every n-th and the last are there, and these take no more than they may. */
export async function thinOut(
  run: string,
  {
    keepEvery,
    keepMegabytes,
    best,
    last,
  }: Pick<RunConfig, 'keepEvery' | 'keepMegabytes'> & Record<'best' | 'last', number>,
): Promise<void> {
  for (const { epoch } of await keptEpochs(run))
    if (epoch !== best && epoch !== last && epoch % keepEvery !== 0) await forgetEpoch(run, epoch)
  for (;;) {
    const kept = await keptEpochs(run)
    const bytes = kept.reduce((sum, it) => sum + it.bytes, 0)
    if (kept.length === 0 || bytes <= keepMegabytes * 2 ** 20) return
    await forgetEpoch(
      run,
      leastMissed(
        kept.map(({ epoch }) => epoch),
        best,
        last,
      ),
    )
  }
}
