import { describe, expect, it } from 'vitest'
import { answered, answersOf, correctInTop } from '../../../src/shared/evaluation/answers.ts'
import { reliability } from '../../../src/shared/evaluation/calibration.ts'
import { evaluationReport } from '../../../src/shared/evaluation/report.ts'

const names = ['a', 'b']

describe('Degenerate answers', () => {
  it('are tied where their logits differ by a constant alone, so that no order among them counts', () => {
    // All five rows give class b the same probability; scikit-learn's average precision is then its share of the photos.
    const logits = [1, 0, 2, 1, 3, 2, 7, 6, -4, -5]
    const { classes } = evaluationReport(logits, [1, 0, 0, 1, 0], names)
    expect(classes[1]!.averagePrecision).toBeCloseTo(2 / 5, 12)
  })

  it('that are equally likely are told in the order of the classes', () => {
    const shows = (target: number) => answersOf([1, 1, 0], [target], 3)
    expect([1, 2].map((k) => correctInTop(shows(0), k))).toEqual([1, 1])
    expect([1, 2].map((k) => correctInTop(shows(1), k))).toEqual([0, 1])
    expect(answered(shows(1))).toEqual([0])
  })

  it('at the edge of a bin of certainty belong to the lower one, and those beyond doubt to the last', () => {
    const photosIn = (logits: number[]) =>
      reliability(answersOf(logits, [0], 2), 2).map(({ photos }) => photos)
    expect(photosIn([0, 0])).toEqual([1, 0])
    expect(photosIn([0.001, 0])).toEqual([0, 1])
    expect(photosIn([2000, 0])).toEqual([0, 1])
  })

  it.each([
    ['NaN', Number.NaN],
    ['infinite', Infinity],
  ])('that are %s are refused, and nothing is counted', (_, value) => {
    expect(() => evaluationReport([value, 1, 0, 1], [0, 1], names)).toThrow(
      expect.objectContaining({ code: 'run.answers-not-finite' }),
    )
  })

  it('of no photo at all give no share, and the widest interval', () => {
    const report = evaluationReport([], [], names)
    expect(report.interval).toEqual([0, 1])
    expect(
      report.classes.map(({ precision, recall, averagePrecision }) => [precision, recall, averagePrecision]),
    ).toEqual([
      [null, null, null],
      [null, null, null],
    ])
  })
})
