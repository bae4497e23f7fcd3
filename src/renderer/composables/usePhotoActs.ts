import type { Decided } from '../../shared/api/datasets.ts'
import type { PhotoBox, Split } from '../../shared/dataset.ts'
import type { GroupRules } from '../../shared/decisions.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { usePhotoRoom } from '../stores/photoRoom.ts'
import { useActWords } from './useActWords.ts'

/** Acts after which a dataset may have other sources, and is scanned. */
const concernsSources: ReadonlySet<string> = new Set(['sourceAdded', 'sourceRemoved', 'restored'])

/** What can be done with photos: each act takes effect at once, names itself in a toast, and can be undone. */
export function usePhotoActs() {
  const api = useApi()
  const room = usePhotoRoom()
  const jobs = useJobs()
  const messages = useMessages()
  const words = useActWords()
  const { t } = useText()

  /** @param taken what else is to be done where the toast takes the act back */
  const tell = (act: Promise<Decided>, taken?: () => Promise<void>): Promise<Decided | undefined> =>
    messages.attempt(async () => {
      const decided = await act
      messages.told(
        () => words(decided.summary),
        async () => {
          await turn('undo', decided.entry)
          await taken?.()
        },
      )
      return decided
    })

  /** Other sources have other photos. */
  const scan = () => jobs.start('scan', { dataset: room.dataset! })

  /** @param only the act to take back; by a toast never another one, which may be newer */
  async function turn(way: 'undo' | 'redo', only?: number): Promise<void> {
    await messages.attempt(async () => {
      const { summary } = await (way === 'undo' ? room.undo(only) : room.redo())
      if (concernsSources.has(summary.code)) await scan()
      messages.told(() => t(way === 'undo' ? 'photoRoom.undid' : 'photoRoom.redid', { what: words(summary) }))
    })
  }
  const undo = () => turn('undo')

  /** An act that the engine works out itself. */
  const worked = async (act: Promise<Decided>) => {
    const decided = await tell(act)
    room.version += 1
    return decided
  }

  return {
    undo,
    redo: () => turn('redo'),
    label: (name: string | null, photos?: readonly string[]) =>
      tell(room.decide({ type: 'label', classes: name === null ? [] : [name] }, photos)),
    labelEach: (photos: readonly string[], classes: string[], taken?: () => Promise<void>) =>
      tell(room.decide({ type: 'labelEach', classes }, photos), taken),
    leaveOut: (out: boolean, photos?: readonly string[], taken?: () => Promise<void>) =>
      tell(room.decide({ type: 'leaveOut', out }, photos), taken),
    part: (part: Split, photos?: readonly string[]) => tell(room.decide({ type: 'part', part }, photos)),
    crop: (box: PhotoBox | null, photos?: readonly string[]) =>
      tell(room.decide({ type: 'crop', box }, photos)),
    /** All selected photos, to the same part as `box` is of the photo `of`. */
    cropAlike: (of: string, box: PhotoBox) =>
      worked(api.call('datasets.cropAlike', { dataset: room.dataset!, photos: [...room.selected], of, box })),
    /** A further source, or one less: its photos come or go with the scan that follows. */
    source: async (type: 'addSource' | 'removeSource', source: string) => {
      if (await tell(room.decide({ type, source }, []))) await scan()
    },
    rename: (from: string, to: string) => tell(room.decide({ type: 'rename', from, to }, [])),
    restore: async (entry: number) => {
      if (await tell(room.decide({ type: 'restore', entry }, []))) await scan()
    },
    group: (rules: GroupRules) => tell(room.decide({ type: 'groups', rules }, [])),
    drawSplit: (val: number, test: number, seed: number) =>
      worked(api.call('datasets.drawSplit', { dataset: room.dataset!, val, test, seed })),
    labelByKeywords: (classes: Record<string, string>) =>
      worked(api.call('datasets.labelByKeywords', { dataset: room.dataset!, classes })),
  }
}
