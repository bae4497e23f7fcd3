/** Two to six runs on the validation photos that all of them have. */
import { z } from 'zod'
import { Id } from './call.ts'

/** More make neither a picture nor a test that anyone could read. */
export const mostCompared = 6

export const CompareInput = z.strictObject({ runs: z.array(Id).min(2).max(mostCompared) })

/** A setting of one run, as run.json has it; null where the run has no such thing. */
const Difference = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.looseObject({}),
  z.array(z.unknown()),
])
export type Difference = z.infer<typeof Difference>

/** One run of a comparison, scored on the photos that all of them have. */
const ComparedRun = z.strictObject({
  run: z.string(),
  name: z.string(),
  network: z.string(),
  correct: z.int(),
  total: z.int(),
  accuracy: z.number(),
  interval: z.tuple([z.number(), z.number()]),
})
export type ComparedRun = z.infer<typeof ComparedRun>

/** Two runs on the same photos. */
const ComparedPair = z.strictObject({
  a: z.string(),
  b: z.string(),
  /** Photos that only one of the two answered rightly. */
  onlyA: z.int(),
  onlyB: z.int(),
  /** McNemar's exact test, two-sided. */
  p: z.number(),
  /** By Holm's method, for as many pairs as there are. */
  adjusted: z.number(),
})
export type ComparedPair = z.infer<typeof ComparedPair>

export const Comparison = z.strictObject({
  runs: z.array(ComparedRun),
  pairs: z.array(ComparedPair),
  /** Settings in which they differ, a value a run. */
  settings: z.record(z.string(), z.array(Difference)),
  /** Nodes of the network whose learning rates differ, a rate or "frozen" a run. */
  plan: z.record(z.string(), z.array(Difference)),
  /** Validation photos that all have, and that at least one answered otherwise than another. */
  photos: z.strictObject({
    total: z.int(),
    differing: z.array(
      z.strictObject({ photo: z.string(), class: z.string(), answers: z.array(z.string()) }),
    ),
  }),
})
export type Comparison = z.infer<typeof Comparison>
