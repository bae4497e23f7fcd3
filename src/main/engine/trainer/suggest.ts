import type { ClassifyModel } from '../../../shared/api/classify.ts'
import type { FeaturesBy } from '../../../shared/api/features.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../shared/dataset.ts'
import type { Suggested } from '../../../shared/api/suggest.ts'
import type { Folders } from '../../../shared/folders.ts'
import type { Matrix } from '../bank/matrix.ts'
import { rowsOf } from '../bank/matrix.ts'
import { bankOfDataset, openFeatureNetwork } from '../bank/datasetBank.ts'
import { outOfFold, probabilitiesBy, probeInTurns } from '../bank/probe.ts'
import { readOpened } from '../store/datasets.ts'
import { dataPaths } from '../store/paths.ts'

/** Labels that each class needs before anything is learnt from them. */
export const leastLabels = 5
const folds = 5
/** Up to here all labelled photos are asked, so that it can be said how often the suggestions are right. */
const mostAsked = 2000

export interface SuggestRequest {
  /** Id. */
  dataset: string
  /** Whose features. */
  model: ClassifyModel
}

interface Control {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
}

interface Known {
  of: string
  by: FeaturesBy
  features: Matrix
  /** Where a photo's features are, by what it is. */
  rows: Map<string, number>
}

const keyOf = ({ path, hash, bytes, modified, crop }: BrowsedPhoto): string =>
  JSON.stringify([path, hash ?? [bytes, modified], crop])

const largestOf = (values: Float64Array): number => values.indexOf(Math.max(...values))

/** Photos of each class. */
const countsOf = (labels: readonly number[], classes: number): number[] => {
  const counts = Array.from({ length: classes }, () => 0)
  for (const label of labels) counts[label]! += 1
  return counts
}

/** What photos without a label seem to be, learnt anew from the labels whenever it is asked. Features stay in memory. */
export class Suggestions {
  private readonly folders: Folders
  private known: Known | undefined

  constructor(folders: Folders) {
    this.folders = folders
  }

  /**
   * Computes the features of all photos that are not left out, as far as they are not kept.
   * @throws ThawError not-found, weights.*, backend.none, cancelled
   */
  async look(request: SuggestRequest, control: Control = {}): Promise<{ photos: number }> {
    const browsed = await this.browsed(request.dataset)
    return { photos: (await this.featuresOf(browsed, request, control)).features.rows }
  }

  /** @throws ThawError as `look` */
  async suggest(request: SuggestRequest, control: Control = {}): Promise<Suggested> {
    const dataset = await this.browsed(request.dataset)
    const { classes } = dataset
    const { by, features, rows } = await this.featuresOf(dataset, request, control)
    const known = dataset.photos.filter((photo) => rows.has(keyOf(photo)))
    const labelled = known.filter((photo) => photo.class !== null)
    const labels = labelled.map((photo) => photo.class!)
    const counts = countsOf(labels, classes.length)
    const ready = classes.length > 1 && counts.every((count) => count >= leastLabels)
    const missing = classes.flatMap((name, i) =>
      counts[i]! < leastLabels ? [{ class: name, labels: leastLabels - counts[i]! }] : [],
    )
    if (!ready) return { classes, by, missing, suggestions: [], correct: 0, total: 0 }
    const of = (photos: readonly BrowsedPhoto[]) =>
      rowsOf(
        features,
        photos.map((photo) => rows.get(keyOf(photo))!),
      )
    const learnt = of(labelled)
    const head = await probeInTurns(learnt, labels, classes.length, { signal: control.signal })
    const open = known.filter((photo) => photo.class === null)
    const probabilities = probabilitiesBy(head, of(open))
    const suggestions = open.map((photo, i) => {
      const own = probabilities.subarray(i * classes.length, (i + 1) * classes.length)
      const index = largestOf(own)
      return { path: photo.path, class: index, probability: own[index]! }
    })
    suggestions.sort((a, b) => b.probability - a.probability)
    return {
      classes,
      by,
      missing: [],
      suggestions,
      ...(await this.asked(learnt, labels, labelled, classes.length, control)),
    }
  }

  /** How often heads are right about labelled photos that they have not learnt from. */
  private async asked(
    features: Matrix,
    labels: readonly number[],
    photos: readonly BrowsedPhoto[],
    classes: number,
    { signal }: Control,
  ): Promise<{ correct: number; total: number }> {
    if (labels.length > mostAsked) return { correct: 0, total: 0 }
    const groups = photos.map((photo) => photo.group ?? photo.path)
    const { probabilities } = await outOfFold(features, labels, classes, {
      folds,
      seed: 1234,
      groups,
      signal,
    })
    const right = labels.filter(
      (label, i) => largestOf(probabilities.subarray(i * classes, (i + 1) * classes)) === label,
    )
    return { correct: right.length, total: labels.length }
  }

  private async browsed(dataset: string): Promise<BrowsedDataset> {
    return (await readOpened(dataPaths(this.folders).datasets, dataset)).browsed
  }

  private async featuresOf(
    dataset: BrowsedDataset,
    request: SuggestRequest,
    control: Control,
  ): Promise<Known> {
    const photos = dataset.photos.filter((photo) => !photo.out)
    const of = JSON.stringify(request)
    if (this.known?.of === of && photos.every((photo) => this.known!.rows.has(keyOf(photo))))
      return this.known
    const network = await openFeatureNetwork(this.folders.home, request.model)
    try {
      const asked = photos.map((photo) => ({ ...photo, class: photo.class ?? 0 }))
      const bank = await bankOfDataset(
        { folder: dataset.folder, photos: asked },
        network,
        this.folders,
        control,
      )
      const byPath = new Map(photos.map((photo) => [photo.path, photo]))
      const rows = new Map(bank.photos.map(({ path }, row) => [keyOf(byPath.get(path)!), row]))
      const by = { model: request.model, backbone: network.opened.network.name }
      this.known = { of, by, features: bank.features, rows }
      return this.known
    } finally {
      network.opened.weights.dispose()
    }
  }
}
