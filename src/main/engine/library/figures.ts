import type { DatasetSummary } from '../../../shared/api/datasets.ts'
import { datasetOfRun, originOfSummary } from '../../../shared/belonging.ts'
import type { BrowsedDataset } from '../../../shared/dataset.ts'
import type { FindingKind } from '../../../shared/findings.ts'
import type { RunSummary } from '../../../shared/run.ts'
import type { Figures } from '../datasets/figures.ts'
import type { Datasets } from '../store/datasets.ts'
import type { Findings } from '../store/findings.ts'
import type { Near, Relations } from '../store/relations.ts'
import { rowsOfPhotos } from '../store/relations.ts'
import type { Evaluations } from '../store/evaluations.ts'
import type { Runs } from '../store/runs.ts'

/** Milliseconds for which the list of runs is not read again: a page that is scrolled asks many times a second. */
const runsHold = 1000

type Answers = Awaited<ReturnType<Evaluations['of']>>
type FindingsOf = Awaited<ReturnType<Findings['of']>>['findings']

interface Sources {
  browsed: BrowsedDataset
  near: Near | undefined
  findings: FindingsOf
  answers: Answers
}

interface Stores {
  datasets: Datasets
  runs: Runs
  findings: Findings
  relations: Relations
  evaluations: Evaluations
}

/** What is known of a dataset's photos beside the scan and the decisions, put together anew where one of its sources has changed. */
export class DatasetFigures {
  private readonly stores: Stores
  private readonly known = new Map<string, { sources: Sources; figures: Figures }>()
  private listed: { at: number; runs: readonly RunSummary[]; datasets: readonly DatasetSummary[] } | undefined

  constructor(stores: Stores) {
    this.stores = stores
  }

  /** The newest run of a dataset that has learnt something. */
  async runOf(id: string): Promise<RunSummary | undefined> {
    const isKnown = this.listed?.datasets.some((it) => it.id === id)
    if (!this.listed || !isKnown || Date.now() - this.listed.at > runsHold) {
      const [{ runs }, datasets] = await Promise.all([this.stores.runs.list(), this.stores.datasets.list()])
      this.listed = { at: Date.now(), runs, datasets }
    }
    const { runs, datasets } = this.listed
    return runs.find((run) => run.best !== null && datasetOfRun(originOfSummary(run), datasets)?.id === id)
  }

  async of(id: string, browsed: BrowsedDataset): Promise<Figures> {
    const run = await this.runOf(id)
    const [near, { findings }, answers] = await Promise.all([
      this.stores.relations.near(id),
      this.stores.findings.of(id),
      run ? this.stores.evaluations.of(run.id) : [],
    ])
    const sources: Sources = { browsed, near, findings, answers }
    const known = this.known.get(id)
    if (known && isSame(known.sources, sources)) return known.figures
    const figures: Figures = {
      findings: byPhoto(findings),
      answers: answersOf(answers),
      ...nearFigures(browsed, near),
    }
    this.known.set(id, { sources, figures })
    return figures
  }
}

const isSame = (a: Sources, b: Sources): boolean =>
  a.browsed === b.browsed &&
  a.near === b.near &&
  a.findings === b.findings &&
  a.answers.length === b.answers.length &&
  a.answers.every((it, i) => it === b.answers[i])

function byPhoto(findings: FindingsOf): Figures['findings'] {
  const found = new Map<string, FindingKind[]>()
  for (const { finding, photos, dismissed } of findings) {
    if (dismissed) continue
    for (const photo of photos) {
      const kinds = found.get(photo)
      if (!kinds) found.set(photo, [finding])
      else if (!kinds.includes(finding)) kinds.push(finding)
    }
  }
  return found
}

const answersOf = (answers: Answers): Figures['answers'] =>
  new Map(
    answers.flatMap(({ classes, photos }) =>
      photos.map(
        ({ photo, answer, probability }) => [photo, { class: classes[answer]!, probability }] as const,
      ),
    ),
  )

function nearFigures(
  { photos }: BrowsedDataset,
  near: Near | undefined,
): Pick<Figures, 'certainty' | 'unusual'> {
  const certainty = new Map<string, number>()
  const unusual = new Map<string, number>()
  if (!near) return { certainty, unusual }
  const rows = rowsOfPhotos(near, photos)
  photos.forEach(({ path }, i) => {
    const row = rows[i]!
    if (row < 0) return
    unusual.set(path, near.lonely[row]!)
    if (!Number.isNaN(near.certainty[row]!)) certainty.set(path, near.certainty[row]!)
  })
  return { certainty, unusual }
}
