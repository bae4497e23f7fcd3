import path from 'node:path'
import { z } from 'zod'
import { systemCode, writeAtomic, writeError } from '../files.ts'
import { appendLines, LineFile } from './lineFile.ts'

const answersFile = 'answers.jsonl'

/** Probabilities are kept in steps of 1/255: enough for a line in a chart. */
const steps = 255

const Line = z.strictObject({
  epoch: z.int(),
  /** The answered class a validation photo, in the order of the run's list: base64 of 16-bit numbers, little-endian. */
  said: z.base64(),
  /** Probability of the class that it shows, in steps of 1/255: base64 of bytes. */
  truth: z.base64(),
})

/** What the validation photos were answered with in one epoch. */
export interface EpochAnswers {
  epoch: number
  /** [photos] */
  said: ArrayLike<number>
  /** Probability of the right class, [photos]. */
  truth: ArrayLike<number>
}

/** Enters an epoch's answers in the run's folder; one that is done again after a resume is entered again. */
export async function keepEpochAnswers(folder: string, { epoch, said, truth }: EpochAnswers): Promise<void> {
  const classes = Buffer.alloc(said.length * 2)
  for (let i = 0; i < said.length; i += 1) classes.writeUInt16LE(said[i]!, i * 2)
  const shares = Buffer.from(Uint8Array.from(truth, (p) => Math.round(p * steps)))
  const line = { epoch, said: classes.toString('base64'), truth: shares.toString('base64') }
  const file = path.join(folder, answersFile)
  try {
    await appendLines(file, `${JSON.stringify(line)}\n`)
  } catch (error) {
    throw systemCode(error) === undefined ? error : writeError(error, file)
  }
}

/**
 * Takes over what another run's photos were answered with up to an epoch, for a fork of it.
 * @throws ThawError disk.full, output.unwritable
 */
export async function copyEpochAnswers(from: string, to: string, until: number): Promise<void> {
  const shared: string[] = []
  for await (const line of new LineFile(path.join(from, answersFile), Line).lines())
    if (line.epoch <= until) shared.push(`${JSON.stringify(line)}\n`)
  if (shared.length > 0) await writeAtomic(path.join(to, answersFile), shared)
}

/** Every epoch's answers, each epoch once, as it was done last; empty for runs of earlier versions. */
export async function readEpochAnswers(folder: string): Promise<EpochAnswers[]> {
  const epochs = new Map<number, EpochAnswers>()
  for await (const { epoch, said, truth } of new LineFile(path.join(folder, answersFile), Line).lines()) {
    const classes = Buffer.from(said, 'base64')
    epochs.set(epoch, {
      epoch,
      said: Array.from({ length: classes.length / 2 }, (_, i) => classes.readUInt16LE(i * 2)),
      truth: Array.from(Buffer.from(truth, 'base64'), (step) => step / steps),
    })
  }
  return [...epochs.values()].sort((a, b) => a.epoch - b.epoch)
}

/** How one validation photo was answered, epoch by epoch. @param index in the run's list of them */
export const historyIn = (
  epochs: readonly EpochAnswers[],
  index: number,
): { epoch: number; answer: number; truthProbability: number }[] =>
  epochs.flatMap(({ epoch, said, truth }) =>
    index < said.length ? [{ epoch, answer: said[index]!, truthProbability: truth[index]! }] : [],
  )
