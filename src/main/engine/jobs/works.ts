import type { JobGiven, JobKind, JobResult, KindsOf, WorkProgress } from '../../../shared/api/jobs.ts'
import { jobKinds } from '../../../shared/api/jobs.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { PartHandlers } from '../child/answerParent.ts'

export interface WorkContext {
  /** The job's id, the same when it is begun again. */
  job: string
  /** Says when it is cancelled, held, or when Thaw ends. */
  signal: AbortSignal
  /** What has changed; it may be called as often as one likes. */
  onProgress: (changed: WorkProgress) => void
}

/** Long work of one kind. It throws ThawError `cancelled` after the signal, and leaves nothing half done. */
export type Work<K extends JobKind> = (
  input: JobGiven<K>,
  context: WorkContext,
) => Promise<JobResult<K>> | JobResult<K>

/** The works of one process, by kind. */
export type Works<P extends 'library' | 'trainer', K extends KindsOf<P> = KindsOf<P>> = {
  [Kind in K]: Work<Kind>
}

/** One function for both processes: their calls differ in nothing but the name. */
type WorkCall = PartHandlers<'library'>['library.work'] & PartHandlers<'trainer'>['trainer.work']

/** Answers the host, which keeps the list of jobs: the work of the kind it asks for. */
export function workHandler(works: Partial<Record<JobKind, unknown>>): WorkCall {
  const handler: PartHandlers<'library'>['library.work'] = async (
    { job, kind, input },
    { signal, progress },
  ) => {
    const work = works[kind] as Work<JobKind> | undefined
    if (!work) throw new ThawError('rpc.unknown-method', { method: kind })
    // What is told is thinned out on the wire, so each item holds all that was told so far.
    let told: WorkProgress = {}
    const onProgress = (changed: WorkProgress) => {
      // Nothing new would take the place of what is: the first item goes at once, the next only after a while.
      if (Object.keys(changed).length > 0) progress((told = { ...told, ...changed }))
    }
    const given = jobKinds[kind].input.parse(input) as JobGiven<JobKind>
    const result = await work(given, { job, signal, onProgress })
    return { result: result as never }
  }
  return handler as WorkCall
}

/** For works that count: `{ onProgress: counting(context) }`. */
export const counting =
  ({ onProgress }: WorkContext) =>
  ({ done, total }: { done: number; total: number }): void =>
    onProgress({ progress: { done, total } })

/** For works that fetch: bytes of which the whole may not be known yet. */
export const receiving =
  ({ onProgress }: WorkContext) =>
  ({ received, total }: { received: number; total?: number | undefined }): void => {
    if (total !== undefined) onProgress({ progress: { done: received, total } })
  }
