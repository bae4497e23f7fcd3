import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openCompute } from '../../../../src/main/engine/backend/compute.ts'
import { dealFolds } from '../../../../src/main/engine/bank/folds.ts'
import type { Matrix } from '../../../../src/main/engine/bank/matrix.ts'
import { outOfFold, probabilitiesBy, probe, probeInTurns } from '../../../../src/main/engine/bank/probe.ts'
import { Regression } from '../../../../src/main/engine/bank/regression.ts'
import { randomFor } from '../../../../src/shared/random.ts'

interface Case extends Reference {
  name: string
  classes: number
  columns: number
  labels: number[]
  features: number[]
  without: ({ left: number } & Reference)[]
}

interface Reference {
  /** By lbfgs, which stops up to 1e-6 before the optimum. */
  probabilities: number[][]
  /** By Newton's method. */
  atOptimum: number[][]
}

const cases = JSON.parse(
  readFileSync(new URL('../../../fixtures/bank/reference.json', import.meta.url), 'utf8'),
) as Case[]

const matrixOf = ({ features, labels, columns }: Case): Matrix => ({
  values: Float32Array.from(features),
  rows: labels.length,
  columns,
})

const largestDifference = (found: Float64Array, expected: number[][]): number =>
  expected.flat().reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0)

/** Photos of `classes` classes whose features overlap. */
function drawn(rows: number, columns: number, classes: number): { features: Matrix; labels: Int32Array } {
  const random = randomFor(3, 'sample')
  const labels = Int32Array.from({ length: rows }, (_, i) => i % classes)
  const values = new Float32Array(rows * columns)
  values.forEach((_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    values[at] = random.uniform() + random.uniform() + (column % classes === labels[row] ? 0.2 : 0)
  })
  return { features: { values, rows, columns }, labels }
}

describe('the probe', () => {
  it.each(cases)('says what scikit-learn says: $name', (one) => {
    const features = matrixOf(one)
    const found = probabilitiesBy(probe(features, one.labels, one.classes), features)
    expect(largestDifference(found, one.probabilities)).toBeLessThan(1e-6)
    expect(largestDifference(found, one.atOptimum)).toBeLessThan(1e-8)
  })

  it('is refused where all photos show one class, and folds where there are fewer photos than folds', async () => {
    const { features, labels } = drawn(6, 3, 2)
    const one = expect.objectContaining({ code: 'probe.one-class' }) as unknown
    expect(() => probe(features, new Int32Array(6), 2)).toThrow(one)
    await expect(outOfFold(features, new Int32Array(6), 2, { folds: 3, seed: 1 })).rejects.toEqual(one)
    await expect(outOfFold(features, labels, 2, { folds: 7, seed: 1 })).rejects.toMatchObject({
      code: 'probe.too-few',
      parameters: { photos: 6, folds: 7 },
    })
  })

  it.each(cases)('leaves single photos out as scikit-learn does: $name', (one) => {
    const features = matrixOf(one)
    const regression = new Regression(features, Int32Array.from(one.labels), one.classes)
    const all = regression.solve({ counts: new Uint8Array(one.labels.length).fill(1) })
    for (const { left, ...reference } of one.without) {
      const counts = Uint8Array.from(one.labels, (_, i) => (i === left ? 0 : 1))
      const { logits } = regression.solve({ counts, start: all })
      const answers = regression.answers(logits, counts).probabilities
      const found = one.classes === 2 ? answers.slice(0, 3) : answers
      const expected = (rows: number[][]) => (one.classes === 2 ? rows.map(([, second]) => [second!]) : rows)
      expect(largestDifference(found, expected(reference.probabilities))).toBeLessThan(1e-6)
      expect(largestDifference(found, expected(reference.atOptimum))).toBeLessThan(1e-8)
    }
  })

  it('is solved to a gradient of 1e-8, by TensorFlow as by plain loops, and to the same answers', async () => {
    const { features, labels } = drawn(1500, 800, 4)
    const plain = new Regression(features, labels, 4)
    const counts = new Uint8Array(labels.length).fill(1)
    // Opened only now, so that the first one has no TensorFlow.
    const before = plain.solve({ counts })
    await openCompute(null, 'exact')
    const native = new Regression(features, labels, 4)
    const after = native.solve({ counts })
    native.dispose()
    expect(before.gradientNorm).toBeLessThan(1e-8)
    expect(after.gradientNorm).toBeLessThan(1e-8)
    expect(Math.abs(before.objective - after.objective)).toBeLessThan(1e-9)
    const differences = after.logits.map((z, i) => Math.abs(z - before.logits[i]!))
    expect(Math.max(...differences)).toBeLessThan(1e-7)
  })

  it('asks each photo of a head that has not learnt from it, and gives a class without photos no chance', async () => {
    const { features, labels } = drawn(60, 6, 3)
    const asked = await outOfFold(features, labels, 4, { folds: 3, seed: 1 })
    for (let photo = 0; photo < 60; photo += 1) {
      const own = asked.probabilities.subarray(photo * 4, photo * 4 + 4)
      expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      expect(own[3]).toBe(0)
    }
    const fold = asked.folds[0]!
    const others = [...labels.keys()].filter((photo) => asked.folds[photo] !== fold)
    const part = {
      values: Float32Array.from(others.flatMap((i) => [...features.values.subarray(i * 6, i * 6 + 6)])),
      rows: others.length,
      columns: 6,
    }
    const head = probe(
      part,
      others.map((i) => labels[i]!),
      4,
    )
    const expected = probabilitiesBy(head, { values: features.values.slice(0, 6), rows: 1, columns: 6 })
    expect(largestDifference(asked.probabilities, [[...expected]])).toBeLessThan(1e-9)
  })

  it('computes a product of many classes in pieces, to the same solution, and can be cancelled between them', async () => {
    await openCompute(null, 'exact')
    for (const [rows, columns] of [
      [120, 20],
      [900, 700],
    ] as const) {
      const { features, labels } = drawn(rows, columns, 9)
      const counts = new Uint8Array(rows).fill(1)
      const solved = (piece?: number) => {
        const regression = new Regression(features, labels, 9, piece)
        const solution = regression.solve({ counts })
        regression.dispose()
        return { solution, together: regression.together }
      }
      const [whole, pieces] = [solved(), solved(4 * rows * columns)]
      expect([whole.together > 9, pieces.together]).toEqual([true, 4])
      expect(pieces.solution.gradientNorm).toBeLessThan(1e-8)
      const differences = pieces.solution.logits.map((z, i) => Math.abs(z - whole.solution.logits[i]!))
      expect(Math.max(...differences)).toBeLessThan(1e-7)
    }
    // The first product of nine classes takes nine pieces; the first of them is followed by a turn for others.
    const { features, labels } = drawn(120, 20, 9)
    const regression = new Regression(features, labels, 9, 1)
    const control = new AbortController()
    let turns = 0
    const onShare = () => {
      turns += 1
      if (turns === 4) control.abort()
    }
    const { signal } = control
    const asked = { counts: new Uint8Array(120).fill(1), turn: 0, signal }
    await expect(regression.solveInTurns(asked, onShare)).rejects.toMatchObject({ code: 'cancelled' })
    expect(turns).toBe(4)
    regression.dispose()
  })

  it('tells how far it is within a fold, always forwards, and can be cancelled there', async () => {
    const { features, labels } = drawn(240, 60, 12)
    const told: number[] = []
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      expect(total).toBe(200)
      told.push(done)
    }
    const asked = await outOfFold(features, labels, 12, { folds: 2, seed: 1, turn: 0, onProgress })
    expect(asked.probabilities).toHaveLength(240 * 12)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.at(-1)).toBe(200)
    expect(told.filter((done) => done > 0 && done < 100).length).toBeGreaterThan(1)
    const cancelling = new AbortController()
    const seen: number[] = []
    const cancelled = outOfFold(features, labels, 12, {
      ...{ folds: 2, seed: 1, turn: 0, signal: cancelling.signal },
      onProgress: ({ done }) => {
        seen.push(done)
        cancelling.abort()
      },
    })
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toBeLessThan(100)
  })

  it('gives others their turn while it is learnt, and comes to the same bits', async () => {
    const { features, labels } = drawn(240, 60, 12)
    let turns = 0
    const counting = setInterval(() => (turns += 1), 0)
    const found = await probeInTurns(features, labels, 12, { turn: 0 })
    clearInterval(counting)
    expect(turns).toBeGreaterThan(1)
    const { weights, biases } = probe(features, labels, 12)
    expect(found.weights).toEqual(weights)
    expect(found.biases).toEqual(biases)
  })

  it('knows a class that is in one fold only nowhere else, and says when there is nothing to learn', async () => {
    const { features } = drawn(10, 4, 2)
    const labels = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    const { folds, probabilities } = await outOfFold(features, labels, 2, { folds: 5, seed: 1 })
    for (let photo = 0; photo < 10; photo += 1)
      if (folds[photo] === folds[9]) expect(probabilities[photo * 2]).toBe(1)
    expect(() => probe(features, new Array<number>(10).fill(1), 2)).toThrow('one class')
    await expect(outOfFold(features, labels, 2, { folds: 11, seed: 1 })).rejects.toThrow('11 folds')
  })
})

describe('folds', () => {
  it('hold each class evenly, and no part of a group', () => {
    const labels = Array.from({ length: 103 }, (_, i) => (i < 60 ? 0 : i < 90 ? 1 : 2))
    const alone = dealFolds(labels, 5, 9)
    for (const label of [0, 1, 2]) {
      const counts = [0, 1, 2, 3, 4].map(
        (fold) => labels.filter((it, i) => it === label && alone[i] === fold).length,
      )
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
    const groups = labels.map((_, i) => Math.floor(i / 4))
    const together = dealFolds(labels, 5, 9, groups)
    labels.forEach((_, i) => expect(together[i]).toBe(together[groups[i]! * 4]))
  })

  it('are others for another seed, and the same for the same', () => {
    const labels = Array.from({ length: 40 }, (_, i) => i % 2)
    expect(dealFolds(labels, 4, 1)).toEqual(dealFolds(labels, 4, 1))
    expect(dealFolds(labels, 4, 1)).not.toEqual(dealFolds(labels, 4, 2))
  })
})
