import path from 'node:path'
import type { JobInput } from '../../shared/api/jobs.ts'
import type { InnerClient, Part } from './child.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { HostHandlers } from './relay.ts'

type ClassifyCall = 'classify' | 'classify.begin' | 'classify.again' | 'filing.file' | 'filing.undo'

/** `beach.jpg`, or `beach.jpg +3` where three more were chosen with it, which reads alike in each language. */
const nameOf = ([first, ...others]: readonly string[]): string =>
  path.basename(first!) + (others.length > 0 ? ` +${others.length}` : '')

/** What begins work of the children's: photos that are answered, lists that are carried out. */
export function classifyHandlers(
  jobs: Jobs,
  clientOf: (part: Part) => Promise<InnerClient>,
): Pick<HostHandlers, ClassifyCall> {
  const usual = async () => (await (await clientOf('library')).call('classify.default', {})).model

  /** A list that is not there is told at once, not by a job. @throws ThawError filing.missing */
  const requireFiling = async (filing: string) => {
    const library = await clientOf('library')
    await library.call('filing.left', { filing, limit: 1 })
  }

  return {
    classify: async ({ model: given, ...asked }, { signal }) => {
      const model = given ?? (await usual())
      const trainer = await clientOf('trainer')
      const { photos } = await trainer.call('trainer.classify', { ...asked, model }, { signal })
      return { model, photos }
    },

    'classify.begin': async ({ paths, model: given, name, watch, ...how }) => {
      const library = await clientOf('library')
      const model = given ?? (await usual())
      const { selection, total } = await library.call('selections.make', { paths, limit: 0, orNone: watch })
      const common = { selection, model, name: name ?? nameOf(paths), ...how }
      const input: JobInput<'watch'> | JobInput<'classify'> = watch ? { ...common, folders: paths } : common
      const job = jobs.start({ kind: watch ? 'watch' : 'classify', ...input, subject: common.name })
      return { job, classification: job, photos: total }
    },

    'classify.again': async ({ classification, model }) => {
      const library = await clientOf('library')
      const { name, mirrored } = await library.call('classify.get', { classification })
      const { selection, total } = await library.call('selections.make', { classification, limit: 0 })
      const input = { selection, model, name, mirrored, times: true }
      const job = jobs.start({ kind: 'classify', ...input, subject: name })
      return { job, classification: job, photos: total }
    },

    'filing.file': async ({ filing }) => {
      await requireFiling(filing)
      return { job: jobs.start({ kind: 'file', ...{ filing } }) }
    },

    'filing.undo': async ({ filing, acts }) => {
      await requireFiling(filing)
      return { job: jobs.start({ kind: 'undo', ...{ filing, ...(acts && { acts }) } }) }
    },
  }
}
