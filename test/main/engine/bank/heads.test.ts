import { describe, expect, it } from 'vitest'
import { classGains, drawShare, learningCurve } from '../../../../src/main/engine/bank/learningCurve.ts'
import type { Labelled } from '../../../../src/main/engine/bank/learningCurve.ts'
import { rowsOf } from '../../../../src/main/engine/bank/matrix.ts'
import { probabilitiesBy, probe } from '../../../../src/main/engine/bank/probe.ts'
import { withoutPhotos } from '../../../../src/main/engine/bank/withoutPhoto.ts'
import { randomFor } from '../../../../src/shared/random.ts'

const columns = 6

/** Photos of three classes whose features overlap. @param seed other photos of the same classes */
function drawn(rows: number, seed: number, apart = 0.5): Labelled & { labels: number[] } {
  const random = randomFor(seed, 'sample')
  const labels = Array.from({ length: rows }, (_, i) => i % 3)
  const values = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    return random.uniform() + random.uniform() + (column % 3 === labels[row] ? apart : 0)
  })
  return { features: { values, rows, columns }, labels }
}

describe('without a photo', () => {
  const { features, labels } = drawn(45, 8)
  const asked = drawn(3, 9).features.values.slice(columns, 2 * columns)
  const one = { values: asked, rows: 1, columns }

  it('each answer is that of a head that has never seen it, from the second as from the first', async () => {
    const { probabilities, answer, without } = await withoutPhotos(features, labels, 3, asked, { k: 12 })
    const all = probabilitiesBy(probe(features, labels, 3), one)
    expect(Math.max(...all.map((p, k) => Math.abs(p - probabilities[k]!)))).toBeLessThan(1e-6)
    expect(without).toHaveLength(12)
    for (const it of without) {
      const rest = labels.map((_, i) => i).filter((i) => i !== it.index)
      const theirs = probe(
        rowsOf(features, rest),
        rest.map((i) => labels[i]!),
        3,
      )
      const cold = [...probabilitiesBy(theirs, one)]
      expect(Math.max(...cold.map((p, k) => Math.abs(p - it.probabilities[k]!)))).toBeLessThan(1e-6)
      expect(it.flips).toBe(cold.indexOf(Math.max(...cold)) !== answer)
      expect(it.change).toBeCloseTo(cold[answer]! - probabilities[answer]!, 5)
    }
    const sizes = without.filter(({ flips }) => !flips).map(({ change }) => Math.abs(change))
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })

  it('the photo that is asked about is not left out of itself', async () => {
    const own = features.values.slice(0, columns)
    const { without } = await withoutPhotos(features, labels, 3, own, { k: 5, own: 0 })
    expect(without).toHaveLength(5)
    expect(without.map(({ index }) => index)).not.toContain(0)
  })

  it('a class of which it was the only one is not known any more', async () => {
    const few = rowsOf(features, [0, 1, 3, 4, 6, 7, 2])
    const theirs = [0, 1, 0, 1, 0, 1, 2]
    const { without } = await withoutPhotos(few, theirs, 3, asked, { k: 7 })
    expect(without.find(({ index }) => index === 6)!.probabilities[2]).toBe(0)
  })
})

describe('a learning curve', () => {
  it('grows by shares of each class, drawn several times, and looks on only where errors fall as a power', async () => {
    const curve = await learningCurve(drawn(240, 1, 0.35), drawn(150, 2, 0.35), 3)
    expect(curve.points.map(({ photos }) => photos)).toEqual([12, 24, 48, 72, 108, 144, 192, 240])
    for (const { accuracies, mean, interval } of curve.points) {
      expect(accuracies).toHaveLength(5)
      expect(mean).toBeCloseTo(accuracies.reduce((a, b) => a + b) / 5, 12)
      expect(interval[0]).toBeLessThan(mean)
      expect(interval[1]).toBeGreaterThan(mean)
    }
    // All photos are the same ones for any seed.
    expect(new Set(curve.points.at(-1)!.accuracies).size).toBe(1)
    // Told apart by any share already: nothing is left to fall.
    const easy = await learningCurve(drawn(60, 1, 9), drawn(30, 2, 9), 3)
    expect(easy.points.map(({ mean }) => mean)).toEqual(Array.from({ length: 8 }, () => 1))
    expect(easy.doubled).toBeNull()
  })

  it('that says nothing but noise is not followed to twice the photos', async () => {
    const noise = await learningCurve(drawn(120, 1, 0), drawn(90, 2, 0), 3)
    expect(noise.doubled).toBeNull()
  })

  it('draws a share of each class, one at least, none twice, and others by another seed', () => {
    const labels = [...Array.from({ length: 40 }, () => 0), 1, 1, 1]
    const indices = drawShare(labels, () => 0.1, 1)
    expect(indices.map((index) => labels[index])).toEqual([0, 0, 0, 0, 1])
    expect(new Set(indices).size).toBe(5)
    expect(drawShare(labels, () => 0.1, 2)).not.toEqual(indices)
  })

  it('says of which class more would help: what half of its photos took away, and nothing of a class of one', async () => {
    const train = drawn(60, 1)
    const known: Labelled = {
      features: rowsOf(train.features, [...Array(58).keys()]),
      labels: train.labels.slice(0, 58),
    }
    const gains = await classGains(known, drawn(60, 2), 3)
    expect(gains.map((it) => it.class).toSorted()).toEqual([0, 1, 2])
    expect(gains.map(({ gain }) => gain)).toEqual(gains.map(({ gain }) => gain).toSorted((a, b) => b - a))
    const lonely = { features: rowsOf(train.features, [0, 1, 3, 4, 2]), labels: [0, 1, 0, 1, 2] }
    expect((await classGains(lonely, drawn(6, 2), 3)).find((it) => it.class === 2)).toMatchObject({
      photos: 1,
      gain: 0,
    })
  })
})
