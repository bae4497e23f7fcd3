import type { RunMark } from '../../shared/api/runMarks.ts'
import type { RunSummary } from '../../shared/run.ts'
import { useApi } from '../api.ts'
import { takenBack, withTags } from '../format/runRows.ts'
import type { TagChange } from '../format/runRows.ts'
import { useText } from '../i18n/index.ts'
import { useMessages } from '../stores/messages.ts'
import { useRunMarks } from '../stores/runMarks.ts'
import { useRuns } from '../stores/runs.ts'
import { useFormat } from './useFormat.ts'
import { useRunWords } from './useRunWords.ts'

type Changes = Record<string, Partial<RunMark>>

/** What a person can do with several runs at once. Each act is told with its count, and taken back as a whole. */
export function useRunsActs() {
  const api = useApi()
  const { t } = useText()
  const { count } = useFormat()
  const messages = useMessages()
  const marks = useRunMarks()
  const runs = useRuns()
  const { isOver } = useRunWords()

  /** Each run's mark becomes what it is given; runs that have that already are not touched by the undo either. */
  async function change(
    ids: readonly string[],
    wanted: (mark: RunMark) => Partial<RunMark>,
    told: (n: number) => string,
  ): Promise<void> {
    const after: Changes = {}
    const before: Record<string, RunMark> = {}
    for (const id of ids) {
      const mark = marks.of(id)
      const next = wanted(mark)
      const keys = (Object.keys(next) as (keyof RunMark)[]).filter(
        (key) => JSON.stringify(next[key]) !== JSON.stringify(mark[key]),
      )
      if (keys.length === 0) continue
      after[id] = next
      before[id] = mark
    }
    const n = Object.keys(after).length
    if (n === 0 || !(await marks.markEach(after))) return
    messages.told(
      () => told(n),
      async () => {
        const back = Object.entries(after).map(([id, it]) => [id, takenBack(before[id]!, it, marks.of(id))])
        await marks.markEach(Object.fromEntries(back) as Changes)
      },
    )
  }

  const words = (key: 'starredN' | 'unstarredN' | 'taggedN' | 'archivedN' | 'unarchivedN') => (n: number) =>
    t(`runTable.${key}`, { n, count: count(n) })

  /** As many as can be; failures are told. @returns those that were done */
  async function each(ids: readonly string[], work: (run: string) => Promise<unknown>): Promise<string[]> {
    const done: string[] = []
    for (const id of ids)
      await messages.attempt(async () => {
        await work(id)
        done.push(id)
      })
    await runs.reload()
    return done
  }

  return {
    star: (ids: readonly string[], star: boolean) =>
      change(ids, () => ({ star }), words(star ? 'starredN' : 'unstarredN')),
    archive: (ids: readonly string[], archived: boolean) =>
      change(ids, () => ({ archived }), words(archived ? 'archivedN' : 'unarchivedN')),
    tag: (ids: readonly string[], wanted: TagChange) =>
      change(ids, ({ tags }) => ({ tags: withTags(tags, wanted) }), words('taggedN')),
    /** Into the trash, but for those that are trained. */
    async remove(all: readonly RunSummary[]): Promise<void> {
      const ids = all.filter(({ state }) => isOver(state)).map(({ id }) => id)
      const removed = await each(ids, (run) => api.call('runs.remove', { run }))
      const n = removed.length
      if (n === 0) return
      messages.told(
        () => t('runTable.removedN', { n, count: count(n) }),
        async () => {
          await each(removed, (run) => api.call('runs.restore', { run }))
        },
      )
    },
  }
}
