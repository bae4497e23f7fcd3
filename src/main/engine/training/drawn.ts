import { tf } from '../backend/tf.ts'
import type { Cut, Model } from '../model/network.ts'
import type { Draw } from '../model/steps/step.ts'
import { rowsAtOnce } from '../model/fixedPart.ts'
import type { Batch } from './features.ts'

const rowsOf = ({ indices }: Batch): number => indices.length
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)

/**
 * Takes batches from the fixed part's output through the frozen steps that draw random numbers (a dropout, and the linear layer
 * behind it), to where something learns. Small batches go through together. Each keeps its own draws, and its place among the
 * others: so it is the same bits when a resumed epoch begins in the middle.
 * @param batches in the epoch's order
 * @param first the first one's number in the epoch, from 0
 * @param size photos of a batch; the epoch's last may have fewer
 * @param drawsOf a batch's draws, by its number and its photos
 * @yields the same batches with what `Model.learn` takes
 */
export async function* drawn(
  batches: AsyncIterable<Batch>,
  { model, cut }: { model: Model; cut: Cut },
  {
    first,
    size,
    drawsOf,
  }: { first: number; size: number; drawsOf: (batch: number, photos: number) => Draw[] },
): AsyncGenerator<Batch, void> {
  if (cut.prefix === cut.learning) {
    yield* batches
    return
  }
  // Feature maps are large, and their layers bound by computing.
  const together = cut.prefix < model.flatFrom ? 1 : Math.max(1, Math.floor(rowsAtOnce / size))

  /** @param number the first one's in the epoch */
  function through(group: readonly Batch[], number: number): Batch[] {
    const rows = group.map(rowsOf)
    const draws = rows.flatMap((count, i) => drawsOf(number + i, count))
    const blank = { before: (number % together) * size, after: 0 }
    if (together > 1) blank.after = together * size - blank.before - sum(rows)
    const y = tf.tidy(() => {
      const x = tf.concat(group.map((batch) => batch.x))
      if (together === 1) return model.draw(x, cut, draws)
      const around: [number, number][] = [
        [blank.before, blank.after],
        [0, 0],
      ]
      const unused = (rows: number): Draw => ({ rows, seed: 0 })
      return model.draw(tf.pad(x, around), cut, [unused(blank.before), ...draws, unused(blank.after)])
    })
    const parts = rows.map((count, i) => tf.slice(y, [blank.before + sum(rows.slice(0, i))], [count]))
    tf.dispose([y, ...group.map(({ x }) => x)])
    return group.map(({ indices }, i) => ({
      x: parts[i]!,
      indices,
      ahead: group.at(-1)!.ahead + sum(rows.slice(i + 1)),
    }))
  }

  let number = first
  let waiting: Batch[] = []
  let made: Batch[] = []
  function* flush(): Generator<Batch, void> {
    made = through(waiting, number - waiting.length)
    waiting = []
    while (made.length > 0) yield made.shift()!
  }
  try {
    for await (const batch of batches) {
      waiting.push(batch)
      number += 1
      if (number % together === 0) yield* flush()
    }
    if (waiting.length > 0) yield* flush()
  } finally {
    tf.dispose([...waiting, ...made].map(({ x }) => x))
  }
}
