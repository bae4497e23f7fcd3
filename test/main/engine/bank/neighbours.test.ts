import { describe, expect, it } from 'vitest'
import { loneliness, nearest, neighbours } from '../../../../src/main/engine/bank/neighbours.ts'
import { principalPositions, umapPositions } from '../../../../src/main/engine/bank/positions.ts'
import { randomFor } from '../../../../src/shared/random.ts'

const [rows, columns] = [1500, 7]
const random = randomFor(5, 'sample')
/** Two heaps that point in two directions. */
const values = Float32Array.from({ length: rows * columns }, (_, at) => {
  const [row, column] = [Math.floor(at / columns), at % columns]
  return random.uniform() * 0.4 + (column === row % 2 ? 2 : 0)
})
const features = { values, rows, columns }

/** All cosine distances of a row, in float64. */
function distancesOf(row: number): number[] {
  const at = (i: number) => values.subarray(i * columns, (i + 1) * columns)
  const length = (i: number) => Math.sqrt(at(i).reduce((sum, x) => sum + x * x, 0))
  return Array.from(
    { length: rows },
    (_, i) => 1 - at(row).reduce((sum, x, j) => sum + x * at(i)[j]!, 0) / length(row) / length(i),
  )
}

describe('neighbours', () => {
  it('are the most similar, exactly, nearest first, across the borders of blocks', async () => {
    const { indices, distances } = await neighbours(features, 5)
    for (const row of [0, 1, 1023, 1024, 1499]) {
      const expected = distancesOf(row)
      const others = expected.filter((_, i) => i !== row).sort((a, b) => a - b)
      for (let i = 0; i < 5; i += 1) {
        const index = indices[row * 5 + i]!
        expect(index).not.toBe(row)
        expect(distances[row * 5 + i]).toBeCloseTo(others[i]!, 5)
        expect(expected[index]).toBeCloseTo(others[i]!, 5)
      }
    }
  })

  it('of one photo are found among all', () => {
    const [first, second] = nearest(features, values.slice(0, columns), 2)
    expect(first!.index).toBe(0)
    expect(first!.distance).toBeLessThan(1e-6)
    expect(second!.distance).toBeGreaterThan(first!.distance)
  })

  it('are far away for a photo unlike all others', async () => {
    const odd = values.slice()
    odd.set([0, 0, 0, 0, 0, 0, 3], 700 * columns)
    const lonely = loneliness(await neighbours({ values: odd, rows, columns }, 10))
    expect(lonely.indexOf(Math.max(...lonely))).toBe(700)
  })

  it('that are fewer than wanted are marked', async () => {
    const { indices } = await neighbours({ values: values.slice(0, 3 * columns), rows: 3, columns }, 4)
    expect(indices[2]).toBe(-1)
  })
})

describe('a map', () => {
  const middle = (positions: Float32Array, heap: number, axis: number): number => {
    const own = Array.from({ length: positions.length / 2 }, (_, i) => i).filter((i) => i % 2 === heap)
    return own.reduce((sum, i) => sum + positions[i * 2 + axis]!, 0) / own.length
  }

  it('by principal components parts what is apart', () => {
    const positions = principalPositions(features)
    expect(Math.abs(middle(positions, 0, 0) - middle(positions, 1, 0))).toBeGreaterThan(2)
  })

  it.each([1, 2, 3, 4, 8, 16, 17])(
    'by UMAP has a place for each of %i photos, also where all are the same',
    async (few) => {
      const some = { values: values.slice(0, few * columns), rows: few, columns }
      const same = { ...some, values: some.values.map((_, at) => values[at % columns]!) }
      for (const each of [some, same]) {
        const positions = await umapPositions(each, { seed: 1 })
        expect(positions).toHaveLength(2 * few)
        expect(positions.every(Number.isFinite)).toBe(true)
      }
    },
  )

  it('by UMAP parts it too, and is the same for the same seed', async () => {
    const some = { values: values.slice(0, 200 * columns), rows: 200, columns }
    const positions = await umapPositions(some, { seed: 1 })
    const apart = [0, 1].map((axis) => middle(positions, 0, axis) - middle(positions, 1, axis))
    expect(Math.hypot(...apart)).toBeGreaterThan(3)
    expect(await umapPositions(some, { seed: 1 })).toEqual(positions)
    expect(await umapPositions(some, { seed: 2 })).not.toEqual(positions)
  })
})
