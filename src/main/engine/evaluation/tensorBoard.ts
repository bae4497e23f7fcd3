/**
 * A run's course as TensorBoard reads it: an event file in the run's folder, with a record for each epoch. Records are TensorFlow's
 * (tensorflow/core/lib/io/record_writer.h): length, its checksum, the event, its checksum.
 */
import path from 'node:path'
import type { RunEventOf } from '../../../shared/run.ts'
import { double, float, int, joined, message, text } from '../exchange/protobuf.ts'
import type { Piece } from '../exchange/protobuf.ts'
import { writeAtomic } from '../files.ts'
import { eventsBetweenSteps, readRecord } from '../store/runFolder.ts'

/** CRC-32C (Castagnoli): the polynomial 0x1EDC6F41, its bits turned round. */
const polynomial = 0x82f63b78

const byteTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1
  return rest
})

export function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = byteTable[(sum ^ byte) & 0xff]! ^ (sum >>> 8)
  return (sum ^ 0xffffffff) >>> 0
}

/** Checksums of data that itself holds checksums are turned and moved (tensorflow/core/lib/hash/crc32c.h). */
const masked = (sum: number): number => ((((sum >>> 15) | (sum << 17)) >>> 0) + 0xa282ead8) >>> 0

async function record(event: Piece): Promise<Uint8Array> {
  const data = Buffer.alloc(event.bytes)
  let at = 0
  for await (const chunk of event.chunks()) {
    data.set(chunk, at)
    at += chunk.length
  }
  const head = Buffer.alloc(12)
  head.writeBigUInt64LE(BigInt(data.length))
  head.writeUInt32LE(masked(crc32c(head.subarray(0, 8))), 8)
  const foot = Buffer.alloc(4)
  foot.writeUInt32LE(masked(crc32c(data)))
  return Buffer.concat([head, data, foot])
}

/** Numbers by their names at a step (tensorflow/core/util/event.proto). @param when seconds since 1970 */
const scalars = (when: number, step: number, values: readonly (readonly [string, number])[]): Piece =>
  joined([
    double(1, when),
    int(2, step),
    message(
      5,
      values.map(([tag, value]) => message(1, [text(1, tag), float(2, value)])),
    ),
  ])

const score = (split: string, { loss, accuracy }: { loss: number; accuracy: number }) =>
  [
    [`loss/${split}`, loss],
    [`accuracy/${split}`, accuracy],
  ] as const

/** Plans and epochs of a run. A resumed one tells an epoch again that it had begun: the last word counts. */
async function courseOf(folder: string) {
  const plans: RunEventOf<'plan'>[] = []
  const epochs = new Map<number, RunEventOf<'epoch'>>()
  for await (const event of eventsBetweenSteps(folder)) {
    if (event.type === 'plan') plans.push(event)
    if (event.type === 'epoch') epochs.set(event.epoch, event)
  }
  return { plans, epochs: [...epochs.values()].toSorted((a, b) => a.epoch - b.epoch) }
}

/**
 * Writes the run's epochs as an event file into its folder, in place of the one before. Times follow from the run's beginning and what
 * each epoch took, so that equal runs give equal files but for these.
 * @throws ThawError run.missing, run.damaged, disk.full
 */
export async function writeTensorBoard(folder: string): Promise<string> {
  const { created } = await readRecord(folder)
  const { epochs, plans } = await courseOf(folder)
  const began = Date.parse(created) / 1000
  const parts = [await record(joined([double(1, began), text(3, 'brain.Event:2')]))]
  let now = began
  for (const { epoch, train, val, learningRates, seconds } of epochs) {
    now += seconds
    const groups = (plans.findLast((plan) => plan.epoch <= epoch) ?? plans[0])?.groups ?? []
    const rates = learningRates.map((rate, i) => [`learning rate/${groups[i]?.name ?? i}`, rate] as const)
    parts.push(
      await record(
        scalars(now, epoch, [...(train ? score('train', train) : []), ...score('validation', val), ...rates]),
      ),
    )
  }
  const file = path.join(folder, 'events.out.tfevents.thaw')
  await writeAtomic(file, parts)
  return file
}
