import type { FilingAct, FilingSummary } from '../../../shared/api/filing.ts'
import type { JobGiven } from '../../../shared/api/jobs.ts'
import { ThawError } from '../../../shared/errors.ts'
import { dayOf } from '../filing/day.ts'
import type { ActOutcome } from '../filing/filing.ts'
import type { Filings } from '../filing/filings.ts'
import type { AnsweredPhoto, FilingPlan } from '../filing/plan.ts'
import type { WorkContext } from '../jobs/works.ts'
import type { KeptClassification } from '../classify/kept.ts'
import type { Library, LibraryHandlers } from './context.ts'

type FilingCall = Exclude<Extract<keyof LibraryHandlers, `filing.${string}`>, 'filing.file' | 'filing.undo'>

const isDone = ({ state }: ActOutcome): boolean => state === 'done' || state === 'kept'

const asSummary = (plan: FilingPlan, done: number): FilingSummary => {
  const { id, created, how, target, pattern, acts, left, needs, free } = plan
  const renamed = acts.filter((act) => act.renamed).length
  return {
    id,
    created,
    how,
    target,
    pattern,
    acts: acts.length,
    renamed,
    done,
    left: left.length,
    needs,
    free,
  }
}

const asAct = ({ number, act, state, reason }: ActOutcome): FilingAct => {
  const { act: how, from, to, bytes, renamed, keyword = null } = act
  return { number, act: how, from, to, bytes, renamed, keyword, state, reason: reason ?? null }
}

const shown: Record<'all' | 'clashes' | 'done' | 'failed', (outcome: ActOutcome) => boolean> = {
  all: () => true,
  clashes: ({ act }) => act.renamed,
  done: isDone,
  failed: ({ state }) => state === 'failed' || state === 'kept',
}

/** Photos with what they are filed by; those in the tray, and those that are none of the classes, are left out. */
async function answeredPhotos(
  kept: KeptClassification,
  only: 'answered' | 'decided',
): Promise<AnsweredPhoto[]> {
  const { groups } = await kept.settings()
  const groupOf = (name: string) => groups.find(({ classes }) => classes.includes(name))?.name
  const photos: AnsweredPhoto[] = []
  for await (const { path: file, answer, verdict } of kept.judged()) {
    if (answer === null || (only === 'decided' && verdict !== 'decided')) continue
    const group = groupOf(answer)
    photos.push({ file, class: answer, ...(group !== undefined && { group }) })
  }
  return photos
}

export function filingHandlers({
  filings,
  classifications,
  emit,
}: Library): Pick<LibraryHandlers, FilingCall> {
  const summaryOf = async (id: string): Promise<FilingSummary> => {
    const found = (await filings.list()).find(({ plan }) => plan.id === id)
    if (!found) throw new ThawError('filing.missing', { id })
    return asSummary(found.plan, found.done)
  }

  return {
    'filing.plan': async ({ classification, only, how, target, pattern, clash, prefix }) => {
      const photos = await answeredPhotos(classifications.of(classification), only)
      if (photos.length === 0) throw new ThawError('filing.nothing')
      if (target === undefined && how !== 'keywords')
        throw new ThawError('rpc.invalid', { reason: 'target: it is missing' })
      const plan = await filings.plan({
        ...{ photos, how, target: target ?? '', pattern, clash, dayOf },
        prefix: prefix === '' ? [] : [prefix],
      })
      emit('filing.changed', {})
      return asSummary(plan, 0)
    },

    'filing.list': async () => ({
      filings: (await filings.list()).map(({ plan, done }) => asSummary(plan, done)),
    }),

    'filing.get': ({ filing }) => summaryOf(filing),

    'filing.acts': async ({ filing, only, offset, limit }) => {
      const all = (await filings.outcomes(filing)).filter(shown[only])
      return { total: all.length, acts: all.slice(offset, offset + limit).map(asAct) }
    },

    'filing.left': async ({ filing, offset, limit }) => {
      const { left } = await filings.planOf(filing)
      return { total: left.length, left: left.slice(offset, offset + limit) }
    },
  }
}

/** Follows acts as they are done, and counts those that `counts`. @throws ThawError as the acts do */
async function followed(
  { filings, emit }: { filings: Filings; emit: Library['emit'] },
  filing: string,
  acts: AsyncGenerator<ActOutcome>,
  { onProgress }: WorkContext,
) {
  const total = (await filings.outcomes(filing)).length
  const states = new Map<ActOutcome['state'], number>()
  let done = 0
  for await (const { state } of acts) {
    done += 1
    states.set(state, (states.get(state) ?? 0) + 1)
    const failed = (states.get('failed') ?? 0) + (states.get('kept') ?? 0)
    onProgress({ progress: { done, total }, detail: { filing, failed } })
  }
  emit('filing.changed', {})
  return states
}

/** @throws ThawError filing.*, disk.full, cancelled */
export async function carryOut(library: Library, { filing }: JobGiven<'file'>, context: WorkContext) {
  const { filings } = library
  const states = await followed(library, filing, filings.file(filing, context.signal), context)
  return { filing, done: states.get('done') ?? 0 }
}

/** @throws ThawError filing.*, disk.full, cancelled */
export async function takeBack(library: Library, { filing, acts }: JobGiven<'undo'>, context: WorkContext) {
  const only = acts ? { only: new Set(acts) } : {}
  const undone = library.filings.undo(filing, { ...only, signal: context.signal })
  const states = await followed(library, filing, undone, context)
  return { filing, undone: states.get('undone') ?? 0, kept: states.get('kept') ?? 0 }
}
