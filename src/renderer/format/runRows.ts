/** Which runs the list shows, and in which order. */
import { mostTags } from '../../shared/api/runMarks.ts'
import type { RunColumn, RunMark } from '../../shared/api/runMarks.ts'
import type { RunState, RunSummary } from '../../shared/run.ts'

export interface RunRow {
  run: RunSummary
  mark: RunMark
}

export type Shelf = 'all' | 'starred' | 'archived'

export interface RunQuery {
  text: string
  shelf: Shelf
  state: RunState | null
  tag: string | null
}

export interface RunOrder {
  by: RunColumn | 'name'
  descending: boolean
}

export const noMark: RunMark = { star: false, tags: [], note: '', archived: false }

/** Tags as a person types them, separated by commas. */
export const tagsIn = (typed: string): string[] => [
  ...new Set(
    typed
      .split(',')
      .map((tag) => tag.trim().slice(0, 40))
      .filter(Boolean),
  ),
]

/** Tags that several runs get, and tags that none of them has afterwards. */
export interface TagChange {
  add: readonly string[]
  take: readonly string[]
}

export const withTags = (tags: readonly string[], { add, take }: TagChange): string[] => [
  ...new Set([...tags.filter((it) => !take.includes(it)), ...add]),
]

/** What gives a run back what an act has changed, and leaves alone which tags came and went since. */
export function takenBack(before: RunMark, after: Partial<RunMark>, now: RunMark): Partial<RunMark> {
  const keys = Object.keys(after) as (keyof RunMark)[]
  const back: Partial<RunMark> = Object.fromEntries(keys.map((key) => [key, before[key]]))
  const { tags } = after
  if (!tags || JSON.stringify(tags) === JSON.stringify(now.tags)) return back
  const [add, take] = [
    before.tags.filter((it) => !tags.includes(it)),
    tags.filter((it) => !before.tags.includes(it)),
  ]
  return { ...back, tags: withTags(now.tags, { add, take }).slice(0, mostTags) }
}

const onShelf = ({ mark }: RunRow, shelf: Shelf): boolean =>
  shelf === 'archived' ? mark.archived : !mark.archived && (shelf === 'all' || mark.star)

/** Every word has to stand somewhere in what is known of a run. */
function says({ run, mark }: RunRow, text: string): boolean {
  const known = [run.name, run.network, run.dataset, run.plan, mark.note, ...mark.tags]
    .join('\n')
    .toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => known.includes(word))
}

const valueOf: Record<RunOrder['by'], (row: RunRow) => string | number> = {
  name: ({ run }) => run.name.toLowerCase(),
  state: ({ run }) => run.state,
  network: ({ run }) => run.network,
  photos: ({ run }) => run.dataset.toLowerCase(),
  plan: ({ run }) => run.plan,
  accuracy: ({ run }) => run.best?.accuracy ?? -1,
  // By how much it rose or fell.
  curve: ({ run }) => (run.curve.at(-1) ?? 0) - (run.curve[0] ?? 0),
  epochs: ({ run }) => run.epoch,
  duration: ({ run }) => run.seconds,
  size: ({ run }) => run.bytes,
  when: ({ run }) => run.created,
  tags: ({ mark }) => mark.tags.join(' ').toLowerCase(),
}

/** Equal ones stay as they came: the newest first. */
export function runRows(rows: readonly RunRow[], query: RunQuery, { by, descending }: RunOrder): RunRow[] {
  const { text, shelf, state, tag } = query
  const shown = rows.filter(
    (row) =>
      onShelf(row, shelf) &&
      (state === null || row.run.state === state) &&
      (tag === null || row.mark.tags.includes(tag)) &&
      says(row, text),
  )
  const value = valueOf[by]
  const sign = descending ? -1 : 1
  return shown.sort((a, b) => {
    const [x, y] = [value(a), value(b)]
    if (typeof x === 'string' && typeof y === 'string') return sign * x.localeCompare(y)
    return sign * (Number(x) - Number(y))
  })
}
