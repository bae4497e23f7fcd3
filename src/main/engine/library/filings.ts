import type { FilingAct, FilingSummary } from '../../../shared/api/filing.ts'
import { isTagging } from '../../../shared/api/filing.ts'
import type { JobGiven } from '../../../shared/api/jobs.ts'
import { isErrorCode, ThawError } from '../../../shared/errors.ts'
import { trainable } from '../datasets/browse.ts'
import { exportRequest } from '../datasets/exported.ts'
import { requireFullPath } from '../files.ts'
import { followFiling } from '../filing/follow.ts'
import { foldersRequest } from '../filing/folders.ts'
import { dayOf } from '../filing/day.ts'
import type { ActOutcome } from '../filing/filing.ts'
import type { FilingSummary as Filed, Filings } from '../filing/filings.ts'
import type { Reason } from '../filing/list.ts'
import { filesPhoto } from '../filing/list.ts'
import type { AnsweredPhoto } from '../filing/plan.ts'
import type { Language } from '../../../shared/language.ts'
import type { WorkContext } from '../jobs/works.ts'
import type { JudgedPhoto, KeptClassification } from '../classify/kept.ts'
import { koreanNames } from '../classify/labels.ts'
import type { Library, LibraryHandlers } from './context.ts'

type FilingCall = Exclude<Extract<keyof LibraryHandlers, `filing.${string}`>, 'filing.file' | 'filing.undo'>

const isDone = ({ state }: ActOutcome): boolean => state === 'done' || state === 'kept'

const asSummary = ({ plan, done, isDamaged: damaged }: Filed): FilingSummary => {
  const { id, created, how, target, pattern, acts, left, needs, free, inside } = plan
  const photos = acts.filter(filesPhoto)
  return {
    ...{ id, created, how, target, pattern, needs, free, inside, done, damaged },
    acts: photos.length,
    renamed: photos.filter((act) => act.renamed).length,
    replaced: acts.filter(({ act }) => act === 'set-aside').length,
    losing: photos.filter(({ lost }) => lost !== undefined).length,
    sidecars: acts.filter(({ sidecar }) => sidecar).length,
    left: left.length,
    ...(plan.dataset !== undefined && { dataset: plan.dataset }),
  }
}

/** Lists and journals of older versions may name a code that is known no more. */
const asReason = ({ code, ...words }: Reason) => ({
  ...words,
  code: isErrorCode(code) ? code : ('filing.failed' as const),
})

const asAct = ({ number, act: one, state, reason }: ActOutcome): FilingAct => {
  const { act, from, to, bytes, renamed, clash = null, keyword = null, lost = [], sidecar = false } = one
  const why = reason ? asReason(reason) : null
  return { number, act, from, to, bytes, renamed, clash, keyword, lost, sidecar, state, reason: why }
}

const shown: Record<'all' | 'clashes' | 'done' | 'failed', (outcome: ActOutcome) => boolean> = {
  all: () => true,
  clashes: ({ act }) => act.clash !== undefined,
  done: isDone,
  failed: ({ state }) => state === 'failed' || state === 'kept',
}

/** What a photo's class is called in folders. A group has the name that a person gave it. */
async function folderNames(
  kept: KeptClassification,
  language: Language,
): Promise<(photo: Pick<JudgedPhoto, 'top' | 'verdict'>, answer: string) => string> {
  if (language === 'en') return (_, answer) => answer
  const { classes } = await kept.about()
  const korean = await koreanNames(classes)
  return ({ top, verdict }, answer) => {
    // A group may be called like one of its classes.
    if (verdict === 'group') return answer
    const index = top.find((it) => it.class === answer)?.index ?? classes.indexOf(answer)
    return korean.get(index) ?? answer
  }
}

/** Photos with what they are filed by; those in the tray, and those that are none of the classes, are left out. */
async function answeredPhotos(
  kept: KeptClassification,
  { only, language }: { only: 'answered' | 'decided' | 'labelled'; language: Language },
): Promise<AnsweredPhoto[]> {
  const { groups } = await kept.settings()
  const groupNames = new Set(groups.map(({ name }) => name))
  const groupOf = (name: string) => groups.find(({ classes }) => classes.includes(name))?.name
  const nameOf = await folderNames(kept, language)
  const photos: AnsweredPhoto[] = []
  for await (const photo of kept.found()) {
    const { path: file, answer, verdict } = photo
    if (answer === null || (only !== 'answered' && verdict !== 'decided')) continue
    if (only === 'labelled' && groupNames.has(answer)) continue
    const group = groupOf(answer)
    photos.push({ file, class: nameOf(photo, answer), ...(group !== undefined && { group }) })
  }
  return photos
}

/** All photos that could be read: what is taken off them are keywords of any answer, also of one that is in the tray by now. */
async function readPhotos(kept: KeptClassification): Promise<AnsweredPhoto[]> {
  const photos: AnsweredPhoto[] = []
  for await (const { path: file, verdict } of kept.found())
    if (verdict !== 'unreadable') photos.push({ file, class: '' })
  return photos
}

export function filingHandlers({
  filings,
  classifications,
  datasets,
  emit,
}: Library): Pick<LibraryHandlers, FilingCall> {
  return {
    'filing.plan': async ({ classification, only, language, choices, prefix, target, ...asked }) => {
      const kept = classifications.of(classification)
      const photos =
        asked.how === 'untag' ? await readPhotos(kept) : await answeredPhotos(kept, { only, language })
      if (photos.length === 0) throw new ThawError('filing.nothing')
      if (target === undefined && !isTagging(asked.how))
        throw new ThawError('rpc.invalid', { reason: 'target: it is missing' })
      if (target !== undefined) requireFullPath(target)
      const plan = await filings.plan({
        ...{ ...asked, photos, target: target ?? '', dayOf },
        choices: new Map(Object.entries(choices)),
        prefix: prefix === '' ? [] : [prefix],
      })
      emit('filing.changed', {})
      return asSummary({ plan, done: 0, isDamaged: false })
    },

    'filing.planFolders': async ({ dataset }) => {
      const { stored, browsed } = await datasets.open(dataset)
      const plan = await filings.plan({ ...foldersRequest(dataset, stored.dataset, browsed), dayOf })
      emit('filing.changed', {})
      return asSummary({ plan, done: 0, isDamaged: false })
    },

    'filing.planExport': async ({ dataset, how, target }) => {
      const photos = trainable((await datasets.open(dataset)).browsed)
      const plan = await filings.plan({
        ...exportRequest(photos, { how, target: requireFullPath(target) }),
        dayOf,
      })
      emit('filing.changed', {})
      return asSummary({ plan, done: 0, isDamaged: false })
    },

    'filing.list': async () => ({
      filings: (await filings.list()).map(asSummary),
    }),

    'filing.get': async ({ filing }) => asSummary(await filings.get(filing)),

    'filing.acts': async ({ filing, only, offset, limit }) => {
      const all = (await filings.outcomes(filing)).filter(shown[only])
      return { total: all.length, acts: all.slice(offset, offset + limit).map(asAct) }
    },

    'filing.left': async ({ filing, offset, limit }) => {
      const { left } = (await filings.get(filing)).plan
      const page = left.slice(offset, offset + limit)
      return {
        total: left.length,
        left: page.map(({ clash = null, file, ...reason }) => ({ file, clash, ...asReason(reason) })),
      }
    },
  }
}

/**
 * Follows acts as they are done, and counts photos, as the list does: what goes along with one is a part of it. What `ended` before, as
 * it did where the work was interrupted, counts as progress. @throws ThawError as the acts do
 */
async function followed(
  { filings, emit }: { filings: Filings; emit: Library['emit'] },
  filing: string,
  acts: AsyncGenerator<ActOutcome>,
  ended: 'done' | 'undone',
  { onProgress }: WorkContext,
) {
  const photos = (await filings.outcomes(filing)).filter(({ act }) => filesPhoto(act))
  const total = photos.length
  const states = new Map<ActOutcome['state'], number>()
  let done = photos.filter(({ state }) => state === ended).length
  try {
    for await (const { state, act } of acts) {
      if (!filesPhoto(act)) continue
      done = Math.min(total, done + 1)
      states.set(state, (states.get(state) ?? 0) + 1)
      const failed = (states.get('failed') ?? 0) + (states.get('kept') ?? 0)
      onProgress({ progress: { done, total }, detail: { filing, failed } })
    }
  } finally {
    emit('filing.changed', {})
  }
  return states
}

/** A dataset whose labels were written to folders follows its photos, also where the work ended before its end. */
async function follow({ filings, datasets, paths, emit }: Library, filing: string): Promise<void> {
  const { plan } = await filings.get(filing)
  if (plan.dataset === undefined) return
  if (!(await followFiling(paths.datasets, plan, await filings.outcomes(filing)))) return
  await datasets.touch(plan.dataset)
  emit('datasets.changed', {})
}

/** @throws ThawError filing.*, disk.full, cancelled */
export async function carryOut(library: Library, { filing }: JobGiven<'file'>, context: WorkContext) {
  const { filings } = library
  try {
    const states = await followed(library, filing, filings.file(filing, context.signal), 'done', context)
    return { filing, done: states.get('done') ?? 0 }
  } finally {
    await follow(library, filing)
  }
}

/** @throws ThawError filing.*, disk.full, cancelled */
export async function takeBack(library: Library, { filing, acts }: JobGiven<'undo'>, context: WorkContext) {
  const only = acts ? { only: new Set(acts) } : {}
  const undone = library.filings.undo(filing, { ...only, signal: context.signal })
  try {
    const states = await followed(library, filing, undone, 'undone', context)
    return { filing, undone: states.get('undone') ?? 0, kept: states.get('kept') ?? 0 }
  } finally {
    await follow(library, filing)
  }
}

/**
 * Puts photos back whose move is the last act of a dataset: what Ctrl+Z means there.
 * @throws ThawError filing.stays if some were changed since, and lie where they are
 */
export async function undoMove(library: Library, filing: string): Promise<void> {
  const context: WorkContext = { job: '', signal: new AbortController().signal, onProgress: () => undefined }
  const { kept } = await takeBack(library, { filing }, context)
  if (kept > 0) throw new ThawError('filing.stays', { count: kept })
}

/** Brings every dataset up to its filings: the command line or a crash may have left one behind. */
export async function followAll(library: Library): Promise<void> {
  for (const { plan } of await library.filings.list())
    if (plan.dataset !== undefined) await follow(library, plan.id).catch(() => undefined)
}
