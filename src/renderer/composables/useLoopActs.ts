import { useText } from '../i18n/index.ts'
import { useMessages } from '../stores/messages.ts'
import { useRunLoop } from '../stores/runLoop.ts'
import { useActWords } from './useActWords.ts'

/** What a person does in the loop of correction: each act names itself in a toast, and can be undone. */
export function useLoopActs() {
  const loop = useRunLoop()
  const messages = useMessages()
  const words = useActWords()
  const { t } = useText()

  async function undo(which?: Parameters<typeof loop.undo>[0]): Promise<void> {
    await messages.attempt(async () => {
      if ((await loop.undo(which)) > 0) messages.told(() => t('loop.undone'))
    })
  }

  async function decide(...[photos, act]: Parameters<typeof loop.decide>): Promise<void> {
    await messages.attempt(async () => {
      const done = await loop.decide(photos, act)
      if (done)
        messages.told(
          () => words(done.what),
          () => undo(done),
          () => loop.changes.includes(done),
        )
    })
  }

  return {
    undo,
    relabel: (photos: readonly string[], name: string | null) =>
      decide(photos, { type: 'label', classes: name === null ? [] : [name] }),
    leaveOut: (photos: readonly string[], out = true) => decide(photos, { type: 'leaveOut', out }),
    keep: () => {
      loop.keep()
      messages.told(() => t('loop.kept'))
    },
  }
}
