import { describe, expect, it } from 'vitest'
import { ReviewSettings } from '../../../../src/shared/api/classify.ts'
import { burstAnswers } from '../../../../src/main/engine/classify/bursts.ts'
import {
  calibrated,
  conformalLimit,
  promiseInterval,
  setOf,
} from '../../../../src/main/engine/classify/conformal.ts'
import { judgeBy } from '../../../../src/main/engine/classify/judge.ts'
import { promiseCurve } from '../../../../src/main/engine/classify/promises.ts'
import { References, strangerLimit } from '../../../../src/main/engine/classify/strangers.ts'
import { randomFor } from '../../../../src/shared/random.ts'

const answersOf = (probabilities: number[], names = ['tit', 'finch', 'bee']) =>
  probabilities
    .map((probability, index) => ({ index, class: names[index]!, probability }))
    .toSorted((a, b) => b.probability - a.probability)

/** Photos of a network that is right as often as it says, `sharp` the surer. */
function validation(photos: number, seed: number, sharp = 3) {
  const random = randomFor(seed, 'sample')
  const targets: number[] = []
  const probabilities: number[] = []
  for (let i = 0; i < photos; i += 1) {
    const powers = Array.from({ length: 3 }, () => Math.exp(sharp * random.uniform()))
    const sum = powers.reduce((a, b) => a + b, 0)
    const mine = powers.map((it) => it / sum)
    let draw = random.uniform()
    const target = mine.findIndex((p) => (draw -= p) < 0)
    targets.push(target === -1 ? 2 : target)
    probabilities.push(...mine)
  }
  return { classes: 3, targets, probabilities }
}

describe('what is promised', () => {
  it('holds on photos that set no limit, over 200 random halves, and no set is empty', () => {
    let covered = 0
    let total = 0
    for (let seed = 0; seed < 200; seed += 1) {
      const { targets, probabilities } = validation(200, seed)
      const scores = targets.slice(0, 100).map((target, row) => 1 - probabilities[3 * row + target]!)
      const limit = conformalLimit(
        scores.toSorted((a, b) => a - b),
        0.95,
      )
      for (let row = 100; row < 200; row += 1) {
        const set = setOf(answersOf(probabilities.slice(3 * row, 3 * row + 3)), limit)
        expect(set.length).toBeGreaterThan(0)
        if (set.some(({ index }) => index === targets[row])) covered += 1
        total += 1
      }
    }
    expect(covered / total).toBeGreaterThan(0.945)
    expect(covered / total).toBeLessThan(0.965)
  })

  it('needs the first class also where none is as probable as it takes', () => {
    expect(setOf(answersOf([0.34, 0.33, 0.33]), 0.1).map((it) => it.class)).toEqual(['tit'])
  })

  it('needs all classes where there are too few photos to promise so much', () => {
    expect(conformalLimit([0.1, 0.2], 0.95)).toBe(1)
    expect(setOf(answersOf([0.98, 0.01, 0.01]), 1)).toHaveLength(3)
  })

  it('says how far off so few photos may be, as the beta distribution does', () => {
    // scipy.stats.beta.ppf([.025, .975], 58, 3)
    const [low, high] = promiseInterval(60, 0.95)
    expect(low).toBeCloseTo(0.88471896, 7)
    expect(high).toBeCloseTo(0.98956767, 7)
    expect(promiseInterval(0, 0.95)).toEqual([0, 1])
  })

  it('costs more photos in the tray the more it promises, and leaves fewer mistakes', () => {
    const curve = promiseCurve(validation(400, 1))
    const tray = curve.map((point) => point.tray)
    const mistakes = curve.map((point) => point.mistakes)
    expect(tray).toEqual(tray.toSorted((a, b) => a - b))
    expect(mistakes).toEqual(mistakes.toSorted((a, b) => b - a))
    for (const { promise, coverage } of curve) expect(coverage).toBeGreaterThan(promise - 0.03)
  })

  it('costs fewer photos in the tray where a group answers, and its mistakes are those of photos that show none of it', () => {
    // Nothing tells the first two apart, and one photo in ten shows the third.
    const photos = Array.from({ length: 400 }, (_, i) => i)
    const answers = {
      classes: 3,
      targets: photos.map((i) => (i % 10 === 0 ? 2 : Math.floor(i / 2) % 2)),
      probabilities: photos.flatMap((i) => (i % 2 === 0 ? [0.5, 0.4, 0.1] : [0.4, 0.5, 0.1])),
    }
    const at85 = (groups?: number[][]) => promiseCurve(answers, groups).find((it) => it.promise === 0.85)!
    const [alone, grouped] = [at85(), at85([[0, 1]])]
    expect(alone).toMatchObject({ tray: 1, mistakes: 0, coverage: 0.9 })
    expect(grouped).toMatchObject({ tray: 0, mistakes: 0.1, coverage: 0.9 })
  })
})

describe('an answer', () => {
  const scores = Array.from({ length: 199 }, (_, i) => i / 200)
  const calibration = { temperature: 1, scores, distances: [0.1, 0.2, 0.3, 0.4] }
  const judge = (more: object = {}) => judgeBy(ReviewSettings.parse({ promise: 0.6, ...more }), calibration)
  const photo = (probabilities: number[], distance = 0) => ({
    ...{ top: answersOf(probabilities), error: null, distance },
  })

  it('is sure where the promise needs one class, else it is left to a person', () => {
    expect(judge()(photo([0.9, 0.05, 0.05]))).toMatchObject({ verdict: 'sure', answer: 'tit' })
    const unsure = judge()(photo([0.5, 0.45, 0.05]))
    expect(unsure).toMatchObject({ verdict: 'unsure', answer: null })
    expect(unsure.set.map((it) => it.class)).toEqual(['tit', 'finch'])
  })

  it('is the group where all that is possible is of one', () => {
    const groups = [{ name: 'birds', classes: ['tit', 'finch'] }]
    expect(judge({ groups })(photo([0.5, 0.45, 0.05]))).toMatchObject({ verdict: 'group', answer: 'birds' })
    expect(judge({ groups })(photo([0.5, 0.05, 0.45]))).toMatchObject({ verdict: 'unsure', answer: null })
  })

  it('is a stranger’s where it is farther than the validation photos that are kept', () => {
    expect(strangerLimit([0.1, 0.2, 0.3, 0.4], 0.75)).toBe(0.3)
    expect(judge({ keep: 0.75 })(photo([1, 0, 0], 0.35))).toMatchObject({ verdict: 'stranger', answer: null })
    expect(judge({ keep: null })(photo([1, 0, 0], 9))).toMatchObject({ verdict: 'sure' })
  })

  it('gets less sure by a temperature above 1, and stays in its order', () => {
    const cooler = calibrated(answersOf([0.9, 0.09, 0.01]), 2)
    expect(cooler.map((it) => it.class)).toEqual(['tit', 'finch', 'bee'])
    expect(cooler[0]!.probability).toBeCloseTo(Math.sqrt(0.9) / (Math.sqrt(0.9) + 0.3 + 0.1), 12)
  })
})

describe('the distance to the training photos', () => {
  it('is that to the fifth nearest by direction alone', () => {
    const angles = [0, 10, 20, 30, 40, 90]
    const values = Float32Array.from(
      angles.flatMap((degrees) => [
        3 * Math.cos((degrees * Math.PI) / 180),
        3 * Math.sin((degrees * Math.PI) / 180),
      ]),
    )
    const references = new References({ values, rows: 6, columns: 2 })
    // The fifth nearest to 0° lies at 40°: a chord of 2 sin 20°.
    expect(references.distance(Float32Array.of(7, 0))).toBeCloseTo(2 * Math.sin(Math.PI / 9), 6)
  })
})

it('photos of a burst vote together; others, and those of another folder, do not', () => {
  const taken = (index: number, folder: string, time: number | null, probabilities: number[]) => ({
    ...{ index, path: `/${folder}/${index}.jpg`, taken: time, error: null, top: answersOf(probabilities) },
    distance: null,
  })
  const votes = burstAnswers(
    [
      taken(0, 'a', 0, [0.4, 0.6, 0]),
      taken(1, 'a', 1500, [0.9, 0.1, 0]),
      taken(2, 'a', 9000, [0, 0, 1]),
      taken(3, 'b', 1000, [0, 0, 1]),
      taken(4, 'a', null, [0, 0, 1]),
    ],
    () => false,
  )
  expect([...votes.keys()]).toEqual([0, 1])
  expect(votes.get(0)![0]).toMatchObject({ class: 'tit', probability: 0.65 })
})

it('a stranger in a burst neither votes nor gets what the others say; who is left alone is in no burst', () => {
  const shot = (index: number, time: number, distance: number | null, probabilities: number[]) => ({
    ...{ index, path: `/a/${index}.jpg`, taken: time, error: null, distance, top: answersOf(probabilities) },
  })
  const isStranger = (distance: number | null) => distance !== null && distance > 1
  const votes = burstAnswers(
    [
      shot(0, 0, 0.5, [0.4, 0.6, 0]),
      shot(1, 1500, 3, [0, 0, 1]),
      // Within two seconds of the stranger only: it is the same burst all the same.
      shot(2, 3000, null, [0.9, 0.1, 0]),
      shot(3, 60_000, 0.5, [1, 0, 0]),
      shot(4, 61_000, 3, [0, 1, 0]),
    ],
    isStranger,
  )
  expect([...votes.keys()]).toEqual([0, 2])
  expect(votes.get(2)![0]).toMatchObject({ class: 'tit', probability: 0.65 })
})
