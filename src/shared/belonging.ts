import { z } from 'zod'
import type { DatasetLayout } from './dataset.ts'
import type { RunRecord, RunSummary } from './run.ts'

/** Where a dataset was once. Times are ISO 8601, UTC; without `since`: from the beginning. */
const FormerPlace = z.strictObject({
  /** Its folder, or the list or archive that it was read from. */
  place: z.string(),
  folder: z.string(),
  since: z.string().optional(),
  until: z.string(),
})

/** What is known of a dataset that was moved, or that came to a place where another one had been. */
export const DatasetPast = z.strictObject({
  /** What its runs know it by, wherever it is. */
  lasting: z.string(),
  /** Since when it is where it is now. */
  since: z.string(),
  former: z.array(FormerPlace),
})
export type DatasetPast = z.infer<typeof DatasetPast>

interface KnownDataset {
  id: string
  folder: string
  source?: string | undefined
  layout: z.infer<typeof DatasetLayout>
  past?: DatasetPast | undefined
}

/** What a run tells of where its photos come from. */
export interface RunOrigin {
  created: string
  folder: string
  source?: string | undefined
  id?: string | undefined
  /** undefined: not told. */
  layout?: z.infer<typeof DatasetLayout> | undefined
}

/** As its record has it. */
export const originOf = ({ created, dataset }: Pick<RunRecord, 'created' | 'dataset'>): RunOrigin => ({
  created,
  ...{ folder: dataset.folder, source: dataset.source, id: dataset.id, layout: dataset.layout },
})

/** As the list of runs has it. */
export const originOfSummary = ({ created, dataset: folder, photos }: RunSummary): RunOrigin => ({
  created,
  folder,
  ...photos,
})

/** What runs know a dataset by, wherever it is. */
export const lastingId = ({ id, past }: Pick<KnownDataset, 'id' | 'past'>): string => past?.lasting ?? id

/** Whether a dataset was, when the run began, where the run found its photos. */
function wasThere({ folder, source, past }: KnownDataset, run: RunOrigin): boolean {
  const now = { place: source ?? folder, folder, since: past?.since, until: undefined }
  return [...(past?.former ?? []), now].some(
    (at) =>
      (at.since === undefined || run.created >= at.since) &&
      (at.until === undefined || run.created < at.until) &&
      (run.source === undefined ? at.folder === run.folder : at.place === run.source),
  )
}

/**
 * The dataset that a run learnt from: the one whose id it has written down; or, of a run of before, of a folder that was never added, or
 * from another computer, the one that was in that place then. Of several that cannot be told from one another it is none.
 */
export function datasetOfRun<D extends KnownDataset>(run: RunOrigin, datasets: readonly D[]): D | undefined {
  const own = run.id === undefined ? undefined : datasets.find((it) => lastingId(it) === run.id)
  if (own) return own
  const there = datasets.filter((it) => wasThere(it, run))
  if (there.length < 2) return there.length === 1 && mayBe(there[0]!, run) ? there[0] : undefined
  const alike = there.filter((it) => mayBe(it, run) && (it.source === undefined) === isOfFolder(run))
  return alike.length === 1 ? alike[0] : undefined
}

/** Runs of before do not tell their archive. */
const isOfFolder = ({ source, layout }: RunOrigin): boolean => source === undefined && layout !== 'list'

/** A list is no folder, though both may lie in one. */
const mayBe = ({ layout }: KnownDataset, run: RunOrigin): boolean =>
  run.layout === undefined || (layout === 'list') === (run.layout === 'list')
