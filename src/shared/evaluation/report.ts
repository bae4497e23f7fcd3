import { z } from 'zod'
import { emptyConfusion, classScores, wilson } from '../metrics.ts'
import { answered, answersOf, correctInTop } from './answers.ts'
import { averagePrecision } from './averagePrecision.ts'
import { brierScore, calibrationError, negativeLogLikelihood, reliability } from './calibration.ts'
import { crossFitTemperature } from './temperature.ts'

/** A share from 0 to 1, or null where it would be 0/0. */
const Share = z.number().nullable()

/** Photos whose top probability lies in (from, to]. */
const ReliabilityBin = z.strictObject({
  from: z.number(),
  to: z.number(),
  photos: z.int(),
  correct: z.int(),
  confidence: z.number().nullable(),
})

/** How well a network answered photos whose classes are known. */
export const EvaluationReport = z.strictObject({
  accuracy: z.number(),
  correct: z.int(),
  total: z.int(),
  /** Wilson's 95% interval of the accuracy. */
  interval: z.tuple([z.number(), z.number()]),
  /** Photos whose class is among the five likeliest. */
  correctInTop5: z.int(),
  /** Mean negative log-likelihood. */
  loss: z.number(),
  brier: z.number(),
  /** Expected calibration error, 15 equal bins of the top probability. */
  calibrationError: z.number(),
  reliability: z.array(ReliabilityBin),
  /** What dividing the logits by one temperature would give, told by photos that did not set it. */
  scaled: z.strictObject({
    temperature: z.number(),
    loss: z.number(),
    calibrationError: z.number(),
    reliability: z.array(ReliabilityBin),
  }),
  classes: z.array(
    z.strictObject({
      class: z.string(),
      precision: Share,
      recall: Share,
      f1: Share,
      support: z.int(),
      averagePrecision: Share,
    }),
  ),
  /** Rows: what the photos show; columns: what the network said. */
  confusion: z.array(z.array(z.int())),
})
export type EvaluationReport = z.infer<typeof EvaluationReport>

/**
 * All figures of an evaluation.
 * @param logits row-major [photos, classes]
 * @param targets the class each photo shows, [photos]
 */
export function evaluationReport(
  logits: ArrayLike<number>,
  targets: readonly number[],
  classes: readonly string[],
): EvaluationReport {
  const count = classes.length
  const answers = answersOf(logits, targets, count)
  const confusion = emptyConfusion(count)
  answered(answers).forEach((answer, row) => (confusion[targets[row]!]![answer]! += 1))
  const total = targets.length
  const correct = confusion.reduce((sum, row, c) => sum + row[c]!, 0)
  const bins = reliability(answers)
  const fitted = crossFitTemperature(logits, targets, count)
  const scaledBins = reliability(fitted.answers)
  return {
    accuracy: total === 0 ? 0 : correct / total,
    correct,
    total,
    interval: wilson(correct, total),
    correctInTop5: correctInTop(answers, 5),
    loss: negativeLogLikelihood(answers),
    brier: brierScore(answers),
    calibrationError: calibrationError(bins),
    reliability: bins,
    scaled: {
      temperature: fitted.temperature,
      loss: negativeLogLikelihood(fitted.answers),
      calibrationError: calibrationError(scaledBins),
      reliability: scaledBins,
    },
    classes: classScores(confusion).map(({ photos: support, ...scores }, c) => ({
      class: classes[c]!,
      ...scores,
      support,
      averagePrecision: averagePrecision(
        Float64Array.from(targets, (_, row) => answers.logProbabilities[row * count + c]!),
        targets.map((target) => target === c),
      ),
    })),
    confusion,
  }
}
