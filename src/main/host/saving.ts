import { randomBytes } from 'node:crypto'
import type { FileKind } from '../../shared/api/files.ts'
import { ThawError } from '../../shared/errors.ts'
import type { InnerClient } from './child.ts'
import type { HostHandlers } from './relay.ts'

/** What only a desktop can do. */
export interface Desktop {
  /** The system's dialog. @returns absolute paths; none if the person chose nothing */
  pick: (kind: FileKind) => Promise<string[]>
  /** Where to save what is called `name`; undefined if the person thought better of it. */
  pickSave: (name: string) => Promise<string | undefined>
  /** Shows a file or folder in the system's file manager. */
  show: (file: string) => void
}

type DialogCall = 'files.pick' | 'files.pickSave' | 'files.save' | 'files.saveList' | 'files.reveal'

const refused = (what: string): never => {
  throw new ThawError('refused', { what })
}

/** The dialogs of a desktop, where there is none. */
const noDesktop: Pick<HostHandlers, DialogCall> = {
  'files.pick': () => refused('A dialog of the system'),
  'files.pickSave': () => refused('A dialog of the system'),
  'files.save': () => refused('Saving to a place of one’s own'),
  'files.saveList': () => refused('Saving to a place of one’s own'),
  'files.reveal': () => refused('The file manager of the system'),
}

/**
 * Dialogs, and what they allow. A page never names a path to write or to show: what the person chose in the last dialog stays
 * here, and the page gets a grant for it that is good for one file.
 */
export function dialogHandlers(
  desktop: Desktop | undefined,
  library: () => Promise<InnerClient>,
): Pick<HostHandlers, DialogCall> {
  if (!desktop) return noDesktop
  let last: { grant: string; file: string; isWritten: boolean } | undefined

  const granted = (grant: string, isWritten: boolean): string => {
    if (last?.grant !== grant || last.isWritten !== isWritten)
      throw new ThawError('refused', { what: 'no-dialog' })
    return last.file
  }
  const written = (grant: string): void => {
    if (last?.grant === grant) last.isWritten = true
  }

  return {
    'files.pick': async ({ kind }) => ({ paths: await desktop.pick(kind) }),
    'files.pickSave': async ({ name }) => {
      const file = await desktop.pickSave(name)
      last =
        file === undefined ? undefined : { grant: randomBytes(16).toString('hex'), file, isWritten: false }
      return { grant: last?.grant ?? null }
    },
    'files.save': async ({ grant, download }) => {
      const file = granted(grant, false)
      await (await library()).call('downloads.save', { download, file })
      written(grant)
      return {}
    },
    'files.saveList': async ({ grant, dataset }) => {
      const file = granted(grant, false)
      // That something is replaced, the system's dialog has asked.
      const { photos } = await (await library()).call('datasets.saveList', { dataset, file })
      written(grant)
      return { photos }
    },
    'files.reveal': async (what) => {
      const file =
        'grant' in what ? granted(what.grant, true) : (await (await library()).call('places.find', what)).path
      desktop.show(file)
      return {}
    },
  }
}
