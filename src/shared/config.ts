import { z } from 'zod'
import { Plan } from './model/plan.ts'
import { planNames } from './model/registry.ts'
import { Augmentation } from './augmentation.ts'
import { Fit, Preparation } from './preparation.ts'

/** A plan by name, or written out. */
export const PlanChoice = z.union([z.enum(planNames), Plan])
export type PlanChoice = z.infer<typeof PlanChoice>

/**
 * How rates change while training, as a factor on each group's own rate; definitions are those of torch.optim.lr_scheduler.
 * `step`, `exponential` and `plateau` move after each epoch, `cosine` and `one-cycle` after each step.
 */
export const Schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  z.strictObject({
    kind: z.literal('step'),
    every: z.int().min(1).default(3),
    factor: z.number().positive().default(0.1),
  }),
  z.strictObject({ kind: z.literal('exponential'), factor: z.number().positive().default(0.9) }),
  /** Half a cosine from the group's rate down to `floor` (eta_min) over all steps. */
  z.strictObject({ kind: z.literal('cosine'), floor: z.number().nonnegative().default(0) }),
  /** Up from rate / 25 to the group's rate, then down to rate / 250,000; momentum goes the other way, .95 to .85. */
  z.strictObject({ kind: z.literal('one-cycle') }),
  z.strictObject({
    kind: z.literal('plateau'),
    factor: z.number().positive().max(1).default(0.1),
    patience: z.int().nonnegative().default(2),
    /** A loss counts as better when it is below best · (1 − threshold). */
    threshold: z.number().nonnegative().default(1e-4),
  }),
])
export type Schedule = z.infer<typeof Schedule>

export const Precision = z.enum(['exact', 'fast'])
export type Precision = z.infer<typeof Precision>

/** Every setting of a run, flat, each with its default. Saved whole in run.json; `--config` takes any part of it. */
export const RunConfig = z.strictObject({
  /** Network by name. */
  backbone: z.string().default('efficientnet-lite0'),
  /** Weight file to start from; null: the published weights that are at hand. */
  weights: z.string().nullable().default(null),
  /** null: that of the weights, see Preparation. */
  preparation: Preparation.nullable().default(null),
  /** How a photo becomes a square; null: as the preparation says. */
  fit: Fit.nullable().default(null),

  plan: PlanChoice.default('head-only'),
  /** Gradual unfreezing: from the start of `epoch` on, `plan` holds. */
  thaw: z.array(z.strictObject({ epoch: z.int().min(2), plan: PlanChoice })).default([]),

  epochs: z.int().min(0).max(100_000).default(1),
  /** Photos a step. */
  batch: z.int().min(1).max(4096).default(32),
  /** Each batch is computed in this many parts, one after the other, to save memory. */
  accumulate: z.int().min(1).max(4096).default(1),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1234),
  augmentation: Augmentation.default('recipe'),

  optimizer: z.enum(['sgd', 'adam', 'adamw', 'rmsprop']).default('sgd'),
  /** SGD's and RMSprop's momentum. */
  momentum: z.number().min(0).max(1).default(0.9),
  nesterov: z.boolean().default(false),
  /** Adam's and AdamW's. */
  betas: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]).default([0.9, 0.999]),
  /** RMSprop's smoothing constant. */
  alpha: z.number().min(0).max(1).default(0.99),
  /** Adam's, AdamW's and RMSprop's. */
  eps: z.number().positive().default(1e-8),
  weightDecay: z.number().nonnegative().default(0),
  /** false: no weight decay on biases and on BatchNorm. */
  decayAll: z.boolean().default(true),

  schedule: Schedule.default({ kind: 'constant' }),
  /** Steps at the start over which rates grow evenly from rate / warmup to the rate; the schedule begins after them. */
  warmup: z.int().min(0).default(0),

  /** Share of the target that is spread evenly over all classes. */
  labelSmoothing: z.number().min(0).max(1).default(0),
  /** null: all classes count alike; `balanced`: total / (classes · count); or one number a class. */
  classWeights: z
    .union([z.literal('balanced'), z.array(z.number().nonnegative())])
    .nullable()
    .default(null),
  /** Largest global norm of the gradient; null: no limit. */
  clip: z.number().positive().nullable().default(null),
  /** Decay of the exponential moving average of the weights, which is then what is evaluated and saved; null: none. */
  movingAverage: z.number().min(0).max(1).nullable().default(null),
  /** Stop when the metric has not become better for `patience` epochs; null: never. */
  earlyStopping: z
    .strictObject({
      metric: z.enum(['accuracy', 'loss']).default('accuracy'),
      patience: z.int().min(1).default(5),
    })
    .nullable()
    .default(null),

  /** null: as many as the machine has cores. */
  threads: z.int().min(1).max(1024).nullable().default(null),
  precision: Precision.default('exact'),
  /** Keep what the frozen layers compute where that is the same every epoch. */
  cache: z.boolean().default(true),
  /** Minutes between two checkpoints inside an epoch. */
  checkpointMinutes: z.number().positive().default(5),
  /** Checkpoints kept to fork from: the best epoch's, every n-th and the last. */
  keepEvery: z.int().min(1).default(1),
  /** What these may take on the disk, MiB; 0: none is kept. */
  keepMegabytes: z.number().nonnegative().default(512),
})
export type RunConfig = z.infer<typeof RunConfig>
/** What a person may leave out. */
export type RunSettings = z.input<typeof RunConfig>

/** The seed that a run has unless it is given another. */
export const defaultSeed = RunConfig.parse({}).seed
