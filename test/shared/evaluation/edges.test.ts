import { expect, it } from 'vitest'
import { answersOf } from '../../../src/shared/evaluation/answers.ts'
import { liesIn, reliability } from '../../../src/shared/evaluation/calibration.ts'

/** Logits of `classes` classes, the one at `place` with this probability, the others with equal shares of the rest. */
const logitsOf = (probability: number, classes: number, index: number, shift: number) =>
  Array.from(
    { length: classes },
    (_, c) => Math.log(c === index ? probability : (1 - probability) / (classes - 1)) + shift,
  )

it('A probability that is an edge of the 15 bins lies below it, whatever its last digits, and its bar opens it', () => {
  for (let edge = 2; edge < 15; edge += 1)
    for (let classes = Math.max(2, Math.ceil(15 / edge)); classes <= 12; classes += 1)
      for (let index = 0; index < classes; index += 1)
        for (const shift of [0, 3.7, -12.1]) {
          const answers = answersOf(logitsOf(edge / 15, classes, index, shift), [0], classes)
          const bins = reliability(answers)
          const told = `${edge}/15 of ${classes} classes, class ${index}, ${shift}`
          expect(
            bins.findIndex(({ photos }) => photos === 1),
            told,
          ).toBe(edge - 1)
          const top = Math.max(...Array.from(answers.logProbabilities, Math.exp))
          const opened = bins.map(({ from, to }) => liesIn(top, [from, to]))
          expect(opened, told).toEqual(bins.map(({ photos }) => photos === 1))
        }
})

it('A probability beside an edge lies on its own side', () => {
  for (const [probability, bin] of [
    [2 / 3 + 1e-9, 10],
    [2 / 3 - 1e-9, 9],
    [1 - 1e-13, 14],
  ] as const)
    expect(
      reliability(answersOf(logitsOf(probability, 2, 1, 0), [1], 2)).findIndex(({ photos }) => photos === 1),
    ).toBe(bin)
})
