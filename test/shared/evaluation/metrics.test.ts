import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Answers } from '../../../src/shared/evaluation/answers.ts'
import { answered, answersOf, correctInTop } from '../../../src/shared/evaluation/answers.ts'
import { averagePrecision } from '../../../src/shared/evaluation/averagePrecision.ts'
import {
  brierScore,
  calibrationError,
  negativeLogLikelihood,
  reliability,
} from '../../../src/shared/evaluation/calibration.ts'
import { holm, mcnemar, pairedCounts } from '../../../src/shared/evaluation/paired.ts'
import {
  crossFitTemperature,
  fitTemperature,
  tellsTemperature,
} from '../../../src/shared/evaluation/temperature.ts'
import { classScores, emptyConfusion, wilson } from '../../../src/shared/metrics.ts'

interface Case {
  name: string
  classes: number
  logits: number[][]
  targets: number[]
  correct: number
  loss: number
  brier: number
  calibrationError: number
  confusion: number[][]
  temperature: number
  perClass: {
    precision: number | null
    recall: number | null
    f1: number | null
    support: number
    averagePrecision: number | null
  }[]
}

interface Reference {
  cases: Case[]
  rankings: { scores: number[]; shows: boolean[]; value: number | null }[]
  mcnemar: { onlyA: number; onlyB: number; p: number }[]
  holm: { p: number[]; adjusted: number[] }[]
  wilson: { correct: number; total: number; interval: [number, number] }[]
}

/** Of scikit-learn, scipy and statsmodels, see make.py beside it. */
const reference = JSON.parse(
  readFileSync(new URL('../../fixtures/evaluation/reference.json', import.meta.url), 'utf8'),
) as Reference

/** The bar for every metric: relative, and absolute near 0. */
const expectSame = (mine: number, theirs: number) =>
  expect(Math.abs(mine - theirs)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(theirs)))

const scoresOf = ({ classes, logProbabilities, targets }: Answers, c: number) =>
  targets.map((_, row) => logProbabilities[row * classes + c]!)

describe.each(reference.cases)('$name', (given) => {
  const { classes, targets } = given
  const logits = given.logits.flat()
  const answers = answersOf(logits, targets, classes)

  it('has scikit-learn’s loss, Brier score and confusion matrix', () => {
    expectSame(negativeLogLikelihood(answers), given.loss)
    expectSame(brierScore(answers), given.brier)
    const confusion = emptyConfusion(classes)
    answered(answers).forEach((answer, row) => (confusion[targets[row]!]![answer]! += 1))
    expect(confusion).toEqual(given.confusion)
    expect(correctInTop(answers, 1)).toBe(given.correct)
    expect(correctInTop(answers, classes)).toBe(targets.length)
  })

  it('has the calibration error of 15 equal bins', () => {
    const bins = reliability(answers)
    expect(bins).toHaveLength(15)
    expect(bins.reduce((sum, { photos }) => sum + photos, 0)).toBe(targets.length)
    expectSame(calibrationError(bins), given.calibrationError)
  })

  it('has scikit-learn’s precision, recall, F1 and average precision, null where they are not defined', () => {
    classScores(given.confusion).forEach((mine, c) => {
      const { support: photos, precision, recall, f1 } = given.perClass[c]!
      expect(mine).toEqual({ photos, precision, recall, f1 })
    })
    for (let c = 0; c < classes; c += 1) {
      const shows = targets.map((target) => target === c)
      const mine = averagePrecision(scoresOf(answers, c), shows)
      const theirs = given.perClass[c]!.averagePrecision
      if (theirs === null) expect(mine).toBeNull()
      else expectSame(mine!, theirs)
    }
  })

  it('is scaled to the temperature that makes its labels likeliest', () => {
    const temperature = fitTemperature(logits, targets, classes)
    const lossAt = (t: number) => negativeLogLikelihood(answersOf(logits, targets, classes, t))
    expect(lossAt(temperature)).toBeLessThanOrEqual(lossAt(given.temperature) + 1e-12)
    expect(temperature).toBeGreaterThanOrEqual(0.01)
    expect(temperature).toBeLessThanOrEqual(100)
  })
})

describe('Photos that are all answered rightly', () => {
  const right = [...Array(20).keys()]
  const logits = right.flatMap((i) => (i % 2 === 0 ? [0.2 + i / 40, 0] : [0, 0.1 + i / 60]))
  const targets = right.map((i) => i % 2)

  it('tell no temperature: the surer, the likelier', () => {
    expect(fitTemperature(logits, targets, 2)).toBeCloseTo(0.01, 12)
    expect(tellsTemperature(fitTemperature(logits, targets, 2))).toBe(false)
    expect(tellsTemperature(0.0101)).toBe(true)
  })

  it('leave each other as they are, since none tells how sure another may be', () => {
    const { answers } = crossFitTemperature(logits, targets, 2)
    expect(answers.logProbabilities).toEqual(answersOf(logits, targets, 2).logProbabilities)
  })

  it('do not call a single wrong one impossible', () => {
    const withOneWrong = [...targets]
    withOneWrong[4] = 1
    const { temperature, answers } = crossFitTemperature(logits, withOneWrong, 2)
    expect(tellsTemperature(temperature)).toBe(true)
    const asItIs = answersOf(logits, withOneWrong, 2).logProbabilities
    expect(answers.logProbabilities[4 * 2 + 1]).toBe(asItIs[4 * 2 + 1])
  })
})

it('Average precision is scikit-learn’s where scores are equal, too', () => {
  for (const { scores, shows, value } of reference.rankings) {
    const mine = averagePrecision(scores, shows)
    if (value === null) expect(mine).toBeNull()
    else expectSame(mine!, value)
  }
})

it('Photos that are as likely to show a class are tied, in whichever order their other classes stand', () => {
  // Whole logits, every order of them, and each moved by a constant: class 0 is as likely in all rows that begin alike.
  const orders = [
    [0, 1, 2, 3, 4],
    [0, 4, 3, 2, 1],
    [0, 3, 1, 4, 2],
    [0, 2, 4, 1, 3],
  ]
  const rows = orders.flatMap((order) =>
    [0, 3, -7].map((moved) => order.map((index) => [2, -1, 0, 1, -3][index]! + moved)),
  )
  const targets = rows.map((_, row) => row % 2)
  for (const temperature of [1, 1.7, 0.3]) {
    const answers = answersOf(rows.flat(), targets, 5, temperature)
    expect(new Set(scoresOf(answers, 0)).size).toBe(1)
    // One threshold, at which half of all photos are right: no order of the list shows through.
    const shows = targets.map((target) => target === 0)
    expect(averagePrecision(scoresOf(answers, 0), shows)).toBe(0.5)
  }
})

describe('Temperature scaling, cross-fitted', () => {
  const { classes, targets, logits } = reference.cases[1]!
  const fitted = crossFitTemperature(logits.flat(), targets, classes)

  it('answers each photo at the temperature of the photos of other folds', () => {
    const rows = targets.map((_, row) => {
      const at = row * classes
      const [first, second] = [0, 1].map((c) => fitted.answers.logProbabilities[at + c]!)
      return (logits[row]![0]! - logits[row]![1]!) / (first! - second!)
    })
    const temperatures = new Set(rows.map((it) => it.toFixed(6)))
    expect(temperatures.size).toBe(5)
    expect(temperatures).not.toContain(fitted.temperature.toFixed(6))
  })

  it('makes answers that were too certain better calibrated', () => {
    const before = answersOf(logits.flat(), targets, classes)
    expect(fitted.temperature).toBeGreaterThan(1)
    expect(negativeLogLikelihood(fitted.answers)).toBeLessThan(negativeLogLikelihood(before))
  })
})

describe('Paired tests', () => {
  it.each(reference.mcnemar)('McNemar’s of $onlyA and $onlyB is scipy’s binomtest', ({ p, ...counts }) => {
    expect(Math.abs(mcnemar(counts) - p)).toBeLessThanOrEqual(1e-9 * p)
    expect(mcnemar({ onlyA: counts.onlyB, onlyB: counts.onlyA })).toBe(mcnemar(counts))
  })

  it.each(reference.holm)('Holm’s correction of $p is statsmodels’', ({ p, adjusted }) => {
    holm(p).forEach((mine, i) => expectSame(mine, adjusted[i]!))
  })

  it('counts photos by who was right', () => {
    const counts = pairedCounts([true, true, false, false, true], [true, false, true, false, false])
    expect(counts).toEqual({ both: 1, onlyA: 2, onlyB: 1, neither: 1 })
  })
})

it.each(reference.wilson)(
  'Wilson’s interval of $correct of $total is statsmodels’',
  ({ correct, total, interval }) => {
    wilson(correct, total).forEach((mine, i) => expectSame(mine, interval[i]!))
  },
)
