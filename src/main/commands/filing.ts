import { ThawError } from '../../shared/errors.ts'
import { dayOf } from '../engine/filing/day.ts'
import type { ActOutcome } from '../engine/filing/filing.ts'
import { followFiling } from '../engine/filing/follow.ts'
import { Filings } from '../engine/filing/filings.ts'
import type { Act, FilingPlan } from '../engine/filing/list.ts'
import type { How } from '../../shared/api/filing.ts'
import { filesPhoto } from '../engine/filing/list.ts'
import { OwnFolders } from '../engine/filing/ownFolders.ts'
import type { AnsweredPhoto, FilingRequest } from '../engine/filing/plan.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { bar } from './bar.ts'
import { line, print, say } from './output.ts'
import { told, words } from './words.ts'

/** What the command line says of where photos go. */
export interface FilingOptions {
  fileTo?: string
  how: How
  pattern: string
  prefix: string
  clash: 'number' | 'skip'
  dryRun?: boolean
}

const own = (): string[] => Object.values(currentFolders())

/** Folders into which nothing is filed. */
export const ownFolders = (): OwnFolders => new OwnFolders(own())

export const filings = (): Filings => new Filings(dataPaths(currentFolders()).filings, own())

function actText({ act, from, to, keyword, renamed, lost }: Act, tense: 'will' | 'did'): string {
  const what = keyword ? `“${keyword.join(' › ')}” → ${to}` : `${from} → ${to}`
  const done = words(`${tense}_${act}`, { what })
  const text = renamed ? words('nameTaken', { act: done }) : done
  return lost && tense === 'will' ? words('mayLose', { act: text, names: lost.join(', ') }) : text
}

const actLine = ({ act, from, to, keyword, renamed }: Act): object => ({
  ...{ act, from, to },
  ...(keyword && { keyword }),
  ...(renamed && { renamed }),
})

/** What a list does not file, and where it files into photos' own folder: in an object for programs, which read no standard error. */
const besides = ({ left, inside }: FilingPlan): object => ({
  ...(left.length > 0 && {
    left: left.map(({ file, code, message, parameters }) => ({
      ...{ photo: file, error: { code, message, parameters } },
    })),
  }),
  ...(inside !== null && { inside }),
})

/** One act as the command line prints it; with the reason if it was not done. */
export function printOutcome({ act, state, reason }: ActOutcome, json: boolean): void {
  const failed = state === 'failed' || state === 'kept'
  if (failed) process.exitCode = 1
  if (json) line({ ...actLine(act), ...(failed && { error: reason }) })
  else if (failed) say(told(reason!))
  else print(state === 'undone' ? words('undone', { act: actText(act, 'did') }) : actText(act, 'did'))
}

const megabytes = (bytes: number, round: (value: number) => number): string =>
  round(bytes / 1e6).toLocaleString('en')

function printPlan({ acts, left, needs, free, inside }: FilingPlan, json: boolean): void {
  for (const act of json ? acts : []) line({ ...actLine(act), ...(act.lost && { lost: act.lost }) })
  for (const act of json ? [] : acts) print(actText(act, 'will'))
  if (!json && needs > 0)
    print(
      words('takesSpace', {
        needs: megabytes(needs, Math.ceil),
        free: megabytes(free, Math.floor),
      }),
    )
  if (inside !== null) say(words('targetInside', { folder: inside }))
  printLeft(left)
}

function printLeft(left: FilingPlan['left']): void {
  for (const one of left) say(told(one))
}

/** The dataset whose labels a filing writes to folders follows its photos. */
export async function follow(id: string): Promise<void> {
  const { plan } = await filings().get(id)
  await followFiling(dataPaths(currentFolders()).datasets, plan, await filings().outcomes(id))
}

/** Carries a kept list out, and prints what became of every act. What an earlier round has done counts, and is not printed again. */
export async function carryOut(id: string, json: boolean, signal: AbortSignal): Promise<void> {
  const { plan } = await filings().get(id)
  const photos = (await filings().outcomes(id)).filter(({ act }) => filesPhoto(act))
  const total = photos.length
  let done = photos.filter(({ state }) => state === 'done').length
  let seen = photos.filter(({ state }) => state !== 'planned').length
  for await (const outcome of filings().file(id, signal)) {
    if (filesPhoto(outcome.act)) seen += 1
    if (filesPhoto(outcome.act) && outcome.state === 'done') done += 1
    printOutcome(outcome, json)
    bar.show(seen, total, words('ofPhotos', { total }))
  }
  bar.hide()
  await follow(id)
  if (json) line({ type: 'filed', id, acts: done, ...besides(plan) })
  else print(words('filed', { done, total, id }))
}

/** Files photos as the options say, or shows what would be done. @throws ThawError filing.nothing, and as the list does */
export async function filePhotos(
  photos: readonly AnsweredPhoto[],
  { fileTo, how, pattern, prefix, clash, dryRun, json = false }: FilingOptions & { json?: boolean },
  signal: AbortSignal,
): Promise<void> {
  if (photos.length === 0) throw new ThawError('filing.nothing')
  const request = {
    ...{ photos, how, pattern, clash, dayOf },
    target: fileTo ?? '',
    prefix: prefix === '' ? [] : [prefix],
  }
  await carryOrShow(request, { dryRun, json }, signal)
}

/** Why a photo stays that was to be filed: others stay since they are there already, have no keyword, or as `--clash skip` says. */
const refusals = new Set<string>([
  ...['filing.read-only', 'filing.not-a-file', 'photo.missing', 'photo.unreadable', 'photo.bad-name'],
])

/** Makes a list, and carries it out or shows it. The exit code is 1 where a photo is refused. */
export async function carryOrShow(
  request: FilingRequest,
  { dryRun = false, json }: { dryRun?: boolean | undefined; json: boolean },
  signal: AbortSignal,
): Promise<void> {
  const plan = await filings().plan(request)
  if (plan.left.some(({ code }) => refusals.has(code))) process.exitCode = 1
  if (!dryRun) {
    printLeft(plan.left)
    if (plan.acts.length > 0) await carryOut(plan.id, json, signal)
    // What does nothing is not carried out: it would be a filing that there is nothing to take back of.
    else if (json) line({ type: 'filed', id: plan.id, acts: 0, ...besides(plan) })
    else print(words('filedNone'))
    return
  }
  printPlan(plan, json)
  const space = plan.needs > 0 && { needs: plan.needs, free: plan.free }
  if (json)
    line({ type: 'filed', id: plan.id, acts: plan.acts.length, dryRun: true, ...space, ...besides(plan) })
  else print(words('nothingDone', { id: plan.id }))
}
