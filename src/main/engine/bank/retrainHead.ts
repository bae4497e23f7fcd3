import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { RetrainedHead } from '../../../shared/api/bank.ts'
import type { Dataset, Photo } from '../../../shared/dataset.ts'
import type { Folders } from '../../../shared/folders.ts'
import { emptyConfusion, scoreOf, sparseConfusion } from '../../../shared/metrics.ts'
import type { ConfusionMatrix, Score } from '../../../shared/metrics.ts'
import { mcnemar, pairedCounts } from '../../../shared/evaluation/paired.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import { namedPlan } from '../../../shared/model/registry.ts'
import type { RunEvent, RunRecord } from '../../../shared/run.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { openNetwork } from '../model/open.ts'
import { keepEpochAnswers } from '../store/epochAnswers.ts'
import { dataPaths } from '../store/paths.ts'
import { readRecord, runFolderOf, trainedBy, withTemperature } from '../store/runFolder.ts'
import { newRunId, RunRecorder } from '../training/runRecorder.ts'
import { saveLastAsBest, saveNetwork } from '../training/saveNetwork.ts'
import type { BankControl } from './bank.ts'
import type { Labelled } from './learningCurve.ts'
import type { Head } from './probe.ts'
import { probabilitiesBy, probeInTurns } from './probe.ts'
import type { RunBank } from './runBank.ts'
import { openRunBank } from './runBank.ts'

export interface RetrainRequest {
  folders: Folders
  /** Id, name or folder of the run whose head is learnt again. */
  run: string
  /** The dataset as it is now; by default as the run had it. */
  dataset?: Dataset | undefined
  name?: string | undefined
  /** Id of a run that was made so from the same run, and that gives way to the new one. */
  replaces?: string | undefined
}

/** The new run: where it lies, and what is told of it. */
export interface Retrained {
  folder: string
  told: RetrainedHead
}

interface Judged {
  score: Score
  confusion: ConfusionMatrix
  answers: number[]
  /** Of the class that each photo shows. */
  truth: number[]
  probabilities: Float64Array
}

/**
 * Learns a run's head again from kept features – logistic regression, exact – and records it as a run like any other: its network
 * is the first run's best one with the new head. Takes about a second where the features are there.
 * @throws ThawError run.*, weights.*, probe.one-class, dataset.no-photos, disk.full, output.unwritable, cancelled
 */
export async function retrainHead(request: RetrainRequest, control: BankControl = {}): Promise<Retrained> {
  const { folders, run, dataset, name } = request
  const opened = await openRunBank(folders, run, dataset, control)
  const began = performance.now()
  try {
    const { classes } = opened.dataset
    const train = opened.part('train')
    const val = opened.part('val')
    const { signal } = control
    const head = finite(await probeInTurns(train.features, train.labels, classes.length, { signal }))
    const before = judged(ownHead(opened, classes), val)
    const after = judged(head, val)
    const record = recordOf(opened, name)
    const network = await withHead(opened, head)
    try {
      const scores = { train: judged(head, train), val: after, before }
      const seconds = (performance.now() - began) / 1000
      const folder = path.join(dataPaths(folders).runs, record.id)
      await writeRun(folder, record, network, { ...scores, seconds })
      if (request.replaces !== undefined) await removeReplaced(folders, request.replaces, opened)
      const told = {
        ...{ run: record.id, before: before.score, after: after.score, seconds },
        paired: pairedOf(val.labels, before, after),
        relabelled: relabelledIn(opened, val.photos),
        testPhotos: opened.dataset.photos.filter(({ split }) => split === 'test').length,
        flips: flipsOf(val.photos, before, after),
      }
      return { folder, told }
    } finally {
      network.weights.dispose()
    }
  } finally {
    opened.network.opened.weights.dispose()
  }
}

/** Removes a run only where it is nothing but a head that was learnt again from the same run; any other stays. */
async function removeReplaced({ home }: Folders, id: string, { folder: from }: RunBank): Promise<void> {
  const folder = await runFolderOf(home, id).catch(() => undefined)
  if (folder === undefined || trainedBy(folder) !== undefined) return
  const { solvedHead } = await readRecord(folder)
  if (solvedHead?.from === path.basename(from)) await rm(folder, { recursive: true, force: true })
}

/** The head that the run has, with a row for each class of now; one that it does not know cannot be answered. */
export function ownHead({ network, record, bank }: RunBank, classes: readonly string[]): Head {
  const { opened } = network
  const { columns } = bank.features
  const weights = opened.weights.take(`${opened.network.head}.weight`)
  const biases = opened.weights.take(`${opened.network.head}.bias`)
  const head: Head = {
    weights: new Float64Array(classes.length * columns),
    biases: new Float64Array(classes.length).fill(-Infinity),
    classes: classes.length,
  }
  classes.forEach((name, k) => {
    const row = record.classes.indexOf(name)
    if (row === -1) return
    head.weights.set(weights.subarray(row * columns, (row + 1) * columns), k * columns)
    head.biases[k] = biases[row]!
  })
  return head
}

function judged(head: Head, { features, labels }: Labelled): Judged {
  const { classes } = head
  const probabilities = probabilitiesBy(head, features)
  const confusion = emptyConfusion(classes)
  let loss = 0
  let correct = 0
  const truth: number[] = []
  const answers = labels.map((label, i) => {
    const own = probabilities.subarray(i * classes, (i + 1) * classes)
    const answer = own.indexOf(Math.max(...own))
    // A class that the head does not know has no chance; its loss would be infinite, and no JSON.
    loss -= Math.log(Math.max(own[label]!, Number.MIN_VALUE))
    confusion[label]![answer]! += 1
    truth.push(own[label]!)
    if (answer === label) correct += 1
    return answer
  })
  return { score: scoreOf(loss, correct, labels.length), confusion, answers, truth, probabilities }
}

function pairedOf(labels: ArrayLike<number>, before: Judged, after: Judged): RetrainedHead['paired'] {
  const rights = ({ answers }: Judged) => answers.map((answer, i) => answer === labels[i])
  const { onlyA, onlyB } = pairedCounts(rights(before), rights(after))
  return { onlyBefore: onlyA, onlyAfter: onlyB, p: mcnemar({ onlyA, onlyB }) }
}

/** How many of these photos had another label, or none, when the run learnt; labels go by their names. */
function relabelledIn({ record, dataset }: RunBank, photos: readonly Photo[]): number {
  const former = new Map(record.dataset.photos.map((photo) => [photo.path, record.classes[photo.class]]))
  return photos.filter((photo) => former.get(photo.path) !== dataset.classes[photo.class]).length
}

const flipsOf = (photos: readonly Photo[], before: Judged, after: Judged): RetrainedHead['flips'] =>
  photos.flatMap((photo, i) => {
    if (before.answers[i] === after.answers[i]) return []
    const classes = after.confusion.length
    return [
      {
        photo: photo.path,
        truth: photo.class,
        before: before.answers[i]!,
        after: after.answers[i]!,
        probabilityBefore: before.probabilities[i * classes + before.answers[i]!]!,
        probability: after.probabilities[i * classes + after.answers[i]!]!,
      },
    ]
  })

function recordOf({ record, dataset, network, folder }: RunBank, name: string | undefined): RunRecord {
  const { folder: photosFolder, layout, classes, photos, unreadable, source, id, entry } = dataset
  return {
    // Another head asks for another temperature.
    ...withTemperature(record, null),
    id: newRunId(),
    name: name ?? `${record.name} · head`,
    created: new Date().toISOString(),
    config: {
      ...record.config,
      weights: network.opened.file,
      plan: 'head-only',
      thaw: [],
      epochs: 1,
      augmentation: 'none',
    },
    classes,
    dataset: {
      ...{ folder: photosFolder, layout, photos, unreadable },
      ...(source !== undefined && { source }),
      ...(id !== undefined && { id }),
      ...(entry !== undefined && { entry }),
    },
    weights: { file: network.opened.file, sha256: network.sha256, headReplaced: true },
    environment: network.compute.environment,
    solvedHead: { from: path.basename(folder), C: 1, body: network.body },
  }
}

/**
 * The logit of a class that no training photo shows. Files hold numbers only, and what reads them would make NaN of an infinite one;
 * with this the class still has no chance, and its loss a size.
 */
const noChance = -500

/** A head that a file can hold. */
const finite = (head: Head): Head => ({
  ...head,
  biases: head.biases.map((bias) => (bias === -Infinity ? noChance : bias)),
})

/** The run's network with the new head in place of its own. */
async function withHead({ record, network }: RunBank, head: Head): Promise<OpenedNetwork> {
  const opened = await openNetwork({
    backbone: record.network,
    file: network.opened.file,
    newHead: { classes: head.classes, seed: record.config.seed },
  })
  opened.weights.put(`${opened.network.head}.weight`, new Float32Array(head.weights))
  opened.weights.put(`${opened.network.head}.bias`, new Float32Array(head.biases))
  return opened
}

interface Told {
  train: Judged
  val: Judged
  before: Judged
  seconds: number
}

async function writeRun(
  folder: string,
  record: RunRecord,
  network: OpenedNetwork,
  told: Told,
): Promise<void> {
  const run = await RunRecorder.create(folder, record)
  try {
    for (const [epoch, judged] of [told.before, told.val].entries())
      await keepEpochAnswers(folder, { epoch, said: judged.answers, truth: judged.truth })
    for (const event of eventsOf(folder, record, network, told)) await run.record(event)
    const values = (name: string) => network.weights.pieces(name)
    await saveNetwork(folder, 'best', network.weights.specs, values, record)
    await saveLastAsBest(folder)
    await run.record(finished(folder, record, told))
  } finally {
    run.release()
  }
}

function eventsOf(
  folder: string,
  record: RunRecord,
  { network, weights }: OpenedNetwork,
  { train, val, before, seconds }: Told,
): RunEvent[] {
  const plan = resolvePlan(network, namedPlan(network, 'head-only'))
  const learningRates = plan.groups.map((group) => group.learningRate)
  const parameters = weights.specs.filter((spec) => spec.role === 'parameter').map((spec) => spec.name)
  const count = (split: Photo['split']) => record.dataset.photos.filter((it) => it.split === split).length
  const epoch = (number: number, judged: Judged, learnt: Score | null): RunEvent => ({
    type: 'epoch',
    epoch: number,
    train: learnt,
    val: judged.score,
    confusion: sparseConfusion(judged.confusion),
    learningRates,
    seconds: number === 0 ? 0 : seconds,
    best: number > 0,
  })
  return [
    {
      type: 'plan',
      network: network.name,
      epoch: 1,
      groups: plan.groups,
      frozen: parameters.filter((name) => !plan.learningRates.has(name)),
      learns: plan.learns,
      total: plan.total,
      cut: null,
      cached: ['train', 'val'],
    },
    {
      type: 'started',
      run: record.id,
      folder,
      environment: record.environment,
      classes: record.classes,
      train: count('train'),
      val: count('val'),
      unreadable: record.dataset.unreadable,
      epochs: 1,
      epoch: 0,
      batch: 0,
      seed: record.config.seed,
    },
    epoch(0, before, null),
    epoch(1, val, train.score),
  ]
}

const finished = (folder: string, { id }: RunRecord, { val, seconds }: Told): RunEvent => ({
  type: 'finished',
  run: id,
  folder,
  best: { epoch: 1, ...val.score },
  seconds,
  peakMiB: process.resourceUsage().maxRSS / 1024,
})
