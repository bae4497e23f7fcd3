import type { Library, LibraryHandlers } from './context.ts'

type MarkCall =
  | 'runs.marks'
  | 'runs.mark'
  | 'runs.markEach'
  | 'runs.columns'
  | 'runs.trashed'
  | 'runs.kept'
  | 'runs.disk'
  | 'runs.cleanUp'

/** What a person keeps about runs, and the room that these take. */
export function runMarkHandlers({ runs, runMarks, emit }: Library): Pick<LibraryHandlers, MarkCall> {
  const changed = () => emit('runs.changed', {})
  return {
    'runs.marks': () => runMarks.read(),
    'runs.mark': async ({ runs: ids, change }) => {
      const marks = await runMarks.mark(ids, change)
      changed()
      return marks
    },
    'runs.markEach': async ({ changes }) => {
      const marks = await runMarks.markEach(changes)
      changed()
      return marks
    },
    'runs.columns': async ({ columns }) => {
      const marks = await runMarks.choose(columns)
      changed()
      return marks
    },
    'runs.trashed': async () => ({ runs: await runs.trashed() }),
    'runs.kept': async ({ run }) => ({ epochs: await runs.kept(run) }),
    'runs.disk': () => runs.disk(),
    'runs.cleanUp': async ({ what }) => {
      const freed = what === 'trash' ? await runs.emptyTrash() : await runs.forgetKept()
      changed()
      return { freed }
    },
  }
}
