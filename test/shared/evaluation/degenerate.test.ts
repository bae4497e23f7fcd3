import { describe, expect, it } from 'vitest'
import { evaluationReport } from '../../../src/shared/evaluation/report.ts'

const names = ['a', 'b']

describe('Degenerate answers', () => {
  it('are tied where their logits differ by a constant alone, so that no order among them counts', () => {
    // All five rows give class b the same probability; scikit-learn's average precision is then its share of the photos.
    const logits = [1, 0, 2, 1, 3, 2, 7, 6, -4, -5]
    const { classes } = evaluationReport(logits, [1, 0, 0, 1, 0], names)
    expect(classes[1]!.averagePrecision).toBeCloseTo(2 / 5, 12)
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
