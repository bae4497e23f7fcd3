import type { Decided } from '../../../shared/api/datasets.ts'
import { placeOfDataset } from '../../../shared/dataset.ts'
import type { Act } from '../../../shared/decisions.ts'
import { ThawError } from '../../../shared/errors.ts'
import { affected, summaryOf } from '../datasets/decide.ts'
import type { ActEntry } from '../datasets/journal.ts'
import { newSource } from '../datasets/sources.ts'
import type { OpenedDataset } from '../store/datasets.ts'
import { undoMove } from './filings.ts'
import type { Library, LibraryHandlers } from './context.ts'

type DecisionCall = 'datasets.decide' | 'datasets.undo' | 'datasets.redo' | 'datasets.history'

const decided = (entry: number, { photos, summary }: ActEntry): Decided => ({ entry, photos, summary })

/** Whoever names an act wants no other one taken back. @throws ThawError act.not-last */
function requireMeant({ n }: ActEntry, meant: number | undefined): void {
  if (meant !== undefined && n !== meant) throw new ThawError('act.not-last')
}

/** What the person decides about photos, and takes back. */
export function decisionHandlers(library: Library): Pick<LibraryHandlers, DecisionCall> {
  const { datasets, emit } = library

  /** Undo and redo: a further entry that names the act it is about. */
  const turn = async (id: string, kind: 'undo' | 'redo', meant?: number): Promise<Decided> => {
    const { decisions: now } = await datasets.open(id)
    const next = kind === 'undo' ? now.last : now.next
    if (next) requireMeant(next, meant)
    if (next?.act.type === 'moved') {
      // Files that were moved are put back, and the journal follows them; moved again they are only after a new list was shown.
      if (kind === 'redo') throw new ThawError('act.moves-files')
      await undoMove(library, next.act.filing)
      return decided(next.n, next)
    }
    const pick = ({ decisions }: OpenedDataset) => (kind === 'undo' ? decisions.last : decisions.next)
    let act: ActEntry | undefined
    const { n } = await datasets.decide(id, (dataset) => {
      act = pick(dataset)
      if (!act) throw new ThawError(`act.nothing-to-${kind}`)
      // Somebody else may have decided something meanwhile.
      requireMeant(act, meant)
      return { kind, of: act.n }
    })
    emit('datasets.changed', {})
    emit('datasets.decided', { dataset: id, entry: n })
    return decided(n, act!)
  }

  const withPlace = async (id: string, act: Extract<Act, { type: 'addSource' }>): Promise<Act> => {
    const { stored, decisions } = await datasets.open(id)
    return {
      ...act,
      source: await newSource(act.source, [placeOfDataset(stored.dataset), ...decisions.sources]),
    }
  }

  return {
    'datasets.decide': async ({ dataset: id, photos, act: asked }) => {
      const act = asked.type === 'addSource' ? await withPlace(id, asked) : asked
      const entry = await datasets.decide(id, ({ browsed, decisions }) => {
        const meant = photos.map((photo) => decisions.pathNow(photo))
        const concerned = affected(browsed, meant, act)
        const asked = new Set(meant).size
        return { kind: 'act', act, photos: concerned, summary: summaryOf(browsed, concerned, act, asked) }
      })
      emit('datasets.changed', {})
      emit('datasets.decided', { dataset: id, entry: entry.n })
      return decided(entry.n, entry as ActEntry)
    },
    'datasets.undo': ({ dataset, entry }) => turn(dataset, 'undo', entry),
    'datasets.redo': ({ dataset }) => turn(dataset, 'redo'),
    'datasets.history': async ({ dataset, offset, limit }) => {
      const { decisions } = await datasets.open(dataset)
      const { last, next } = decisions
      return { ...decisions.history(offset, limit), undo: last !== undefined, redo: next !== undefined }
    },
  }
}
