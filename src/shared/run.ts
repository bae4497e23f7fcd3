import { z } from 'zod'
import { RunConfig } from './config.ts'
import { DatasetLayout, Photo } from './dataset.ts'
import { GpuMode } from './gpu.ts'
import { Score, SparseConfusion } from './metrics.ts'
import { Preparation } from './preparation.ts'

/** What a run computed with: equal here means equal to the last bit. */
export const Environment = z.strictObject({
  thaw: z.string(),
  backend: z.enum(['tensorflow', 'wasm', 'cpu']),
  backendVersion: z.string(),
  device: z.string(),
  /** How the graphics card computes; null: the processor does. */
  gpu: GpuMode.nullable().default(null),
  threads: z.int(),
  precision: z.enum(['exact', 'fast']),
  node: z.string(),
  platform: z.string(),
  /** The CPU's extensions that change last bits. */
  cpuFeatures: z.array(z.string()),
})
export type Environment = z.infer<typeof Environment>

/** run.json: all that is needed to do the run again. Written once at its start. */
export const RunRecord = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  /** ISO 8601, UTC. */
  created: z.string(),
  config: RunConfig,
  network: z.string(),
  classes: z.array(z.string()),
  preparation: Preparation,
  /** The photos as they were: a run trains on this list, whatever the folder holds later. */
  dataset: z.strictObject({
    folder: z.string(),
    layout: DatasetLayout,
    /** The list or archive that it was read from; absent: its folder, or a run of before. */
    source: z.string().optional(),
    photos: z.array(Photo),
    unreadable: z.int(),
    /** What the dataset is known by, wherever it is (shared/belonging.ts); absent: a folder that was not added, or a run of before. */
    id: z.string().optional(),
    /** The newest entry of the dataset's journal then; it can be restored. */
    entry: z.int().optional(),
  }),
  /** File the backbone came from, with its SHA-256. */
  weights: z.strictObject({ file: z.string(), sha256: z.string(), headReplaced: z.boolean() }),
  environment: Environment,
  /** The head was solved on another run's features (logistic regression), and not trained in epochs. */
  /** The run it parted from: everything up to the end of that epoch is the same in both. */
  fork: z.strictObject({ run: z.string(), name: z.string(), epoch: z.int() }).optional(),
  solvedHead: z
    .strictObject({
      from: z.string(),
      C: z.number(),
      /** SHA-256 of the file whose body gives the same features. */
      body: z.string().optional(),
    })
    .optional(),
  /** By what logits are divided when it classifies (temperature scaling, fitted to its validation photos); absent: 1. */
  temperature: z.number().positive().optional(),
})
export type RunRecord = z.infer<typeof RunRecord>

const PlanGroup = z.strictObject({
  name: z.string(),
  nodes: z.array(z.string()),
  learningRate: z.number(),
  parameters: z.array(z.string()),
  count: z.int(),
})

const TensorReceipt = z.strictObject({
  name: z.string(),
  frozen: z.boolean(),
  changed: z.boolean(),
  /** The first 16 hex digits of the SHA-256 of its bytes. */
  hash: z.string(),
})
export type TensorReceipt = z.infer<typeof TensorReceipt>

/** What two probe batches say before the first epoch. */
export const Forecast = z.strictObject({
  /** How many epochs, from the first on, take as long as that: all where views are drawn anew. Runs of before had no number of them. */
  freshEpochs: z.int().default(1),
  secondsFirstEpoch: z.number(),
  /** An epoch all of whose views were seen before. */
  secondsEpoch: z.number(),
  secondsTotal: z.number(),
  peakMiB: z.number(),
  /** The largest batch that fits well. */
  suggestedBatch: z.int(),
})
export type Forecast = z.infer<typeof Forecast>

/** Seconds that an epoch, counted from 1, was said to take. */
export const secondsOfEpoch = (
  forecast: Pick<Forecast, 'freshEpochs' | 'secondsFirstEpoch' | 'secondsEpoch'>,
  epoch: number,
): number => (epoch <= forecast.freshEpochs ? forecast.secondsFirstEpoch : forecast.secondsEpoch)

/** Fast against exact precision, on a batch of the photos; null where this machine has nothing to gain by it. */
export const PrecisionComparison = z.strictObject({
  /** Exact's seconds ÷ fast's. */
  gain: z.number().nullable(),
  /** Largest difference of a logit, as a share of their range. */
  deviation: z.number().nullable(),
  recommended: z.boolean(),
})
export type PrecisionComparison = z.infer<typeof PrecisionComparison>

/** Told in English; code and parameters say the same in any language. Runs of earlier versions have none. */
const ErrorParameters = z.record(z.string(), z.union([z.string(), z.number()])).optional()

/** What one step did to a parameter: L2 norms. */
export const ParameterNorms = z.strictObject({
  /** Its full name, as in PyTorch. */
  name: z.string(),
  /** Of the batch's gradient, before clipping. */
  gradient: z.number(),
  /** Of what the optimizer added to it. */
  update: z.number(),
  /** Of itself before. */
  weight: z.number(),
})
export type ParameterNorms = z.infer<typeof ParameterNorms>

const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape })

/** Everything that happens in a run, in order: a line each in events.jsonl, and what the dashboard shows. */
export const RunEvent = z.discriminatedUnion('type', [
  /** First of all, and again where gradual unfreezing changes the plan. */
  event('plan', {
    network: z.string(),
    /** First epoch it holds for. */
    epoch: z.int(),
    groups: z.array(PlanGroup),
    /** Full names of the parameters that keep every bit. */
    frozen: z.array(z.string()),
    learns: z.int(),
    total: z.int(),
    /** Full name of the last layer of the frozen part that is computed without gradients; null if there is none. */
    cut: z.string().nullable(),
    /** What is computed once and kept: the output of the cut for these splits. */
    cached: z.array(z.enum(['train', 'val'])),
  }),
  event('started', {
    run: z.string(),
    folder: z.string(),
    environment: Environment,
    classes: z.array(z.string()),
    train: z.int(),
    val: z.int(),
    unreadable: z.int(),
    epochs: z.int(),
    /** 0, or where a resumed run goes on. */
    epoch: z.int(),
    batch: z.int(),
    seed: z.int(),
  }),
  /** A fork begins: all tensors have the bytes that the other run's receipt of that epoch names. */
  event('forked', { from: z.string(), name: z.string(), epoch: z.int(), tensors: z.int() }),
  event('forecast', { forecast: Forecast }),
  event('batch', {
    epoch: z.int(),
    batch: z.int(),
    batches: z.int(),
    /** Mean over the epoch's photos so far. */
    loss: z.number(),
    /** Share of the epoch's photos so far that were answered rightly. */
    accuracy: z.number(),
    /** Mean over this batch alone. */
    batchLoss: z.number(),
    photosPerSecond: z.number(),
    /** Until the end of the run. */
    secondsLeft: z.number(),
    learningRates: z.array(z.number()),
    /** What the trainer's process holds in memory, all threads included. Runs of earlier versions do not tell. */
    memoryMiB: z.number().optional(),
    /** Processor cores that were busy on average since the batch before. */
    cores: z.number().optional(),
  }),
  /** How the layers worked in this batch's step: of every n-th step, so that a run of any length tells of at most 200. */
  event('norms', { epoch: z.int(), batch: z.int(), parameters: z.array(ParameterNorms) }),
  event('epoch', {
    /** 0 is the evaluation before any training. */
    epoch: z.int(),
    train: Score.nullable(),
    val: Score,
    confusion: SparseConfusion,
    /** Of each group, as the schedule had them at the epoch's last step. */
    learningRates: z.array(z.number()),
    seconds: z.number(),
    /** Best so far by validation accuracy, then loss. */
    best: z.boolean(),
  }),
  /** For every tensor, whether any byte changed in this epoch. */
  event('receipt', { epoch: z.int(), tensors: z.array(TensorReceipt) }),
  event('checkpoint', { epoch: z.int(), batch: z.int(), file: z.string() }),
  /** A person lets it rest within an epoch, after so many of its `batches`. Runs of earlier versions do not tell. */
  event('paused', { epoch: z.int(), batch: z.int(), batches: z.int() }),
  /** It goes on where it rested, after `seconds`. One that was stopped or killed meanwhile begins again with `started`. */
  event('resumed', { epoch: z.int(), batch: z.int(), batches: z.int(), seconds: z.number() }),
  event('warning', { code: z.string(), message: z.string(), parameters: ErrorParameters }),
  event('stopped', { epoch: z.int(), batch: z.int(), reason: z.enum(['asked', 'early-stopping']) }),
  event('failed', {
    code: z.string(),
    message: z.string(),
    advice: z.string(),
    parameters: ErrorParameters,
  }),
  event('finished', {
    run: z.string(),
    folder: z.string(),
    best: z.strictObject({
      epoch: z.int(),
      accuracy: z.number(),
      correct: z.int(),
      total: z.int(),
      loss: z.number(),
      interval: z.tuple([z.number(), z.number()]),
    }),
    seconds: z.number(),
    peakMiB: z.number(),
  }),
])
export type RunEvent = z.infer<typeof RunEvent>
export type RunEventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

export const RunState = z.enum(['running', 'paused', 'stopped', 'interrupted', 'finished', 'failed'])
export type RunState = z.infer<typeof RunState>

/** One row in the table of runs: what the catalogue and `thaw runs` show. */
export const RunSummary = z.strictObject({
  id: z.string(),
  name: z.string(),
  folder: z.string(),
  created: z.string(),
  state: RunState,
  network: z.string(),
  plan: z.string(),
  /** The folder of its photos then. */
  dataset: z.string(),
  /** What else tells which dataset they are of (shared/belonging.ts). */
  photos: z
    .strictObject({ id: z.string().optional(), source: z.string().optional(), layout: DatasetLayout })
    .optional(),
  classes: z.array(z.string()),
  /** The run it parted from, and after which epoch. */
  fork: RunRecord.shape.fork,
  epochs: z.int(),
  /** Epochs trained so far. */
  epoch: z.int(),
  learns: z.int(),
  total: z.int(),
  best: Score.extend({ epoch: z.int() }).nullable(),
  last: Score.nullable(),
  /** Validation accuracy after each epoch, thinned out to what a small curve can show. */
  curve: z.array(z.number()),
  seconds: z.number(),
  /** Bytes of the folder. */
  bytes: z.int(),
})
export type RunSummary = z.infer<typeof RunSummary>
