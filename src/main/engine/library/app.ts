import { z } from 'zod'
import { greeting } from '../child/answerParent.ts'
import { readJson, writeJson } from '../store/jsonFile.ts'
import { changeSettings, readSettings } from '../store/settings.ts'
import type { Library, LibraryHandlers } from './context.ts'

type AppCall =
  | 'library.hello'
  | 'library.ping'
  | 'settings.get'
  | 'settings.set'
  | 'draft.get'
  | 'draft.set'
  | 'connections.list'
  | 'connections.add'

/** A draft larger than this is no draft. */
const largestDraft = 1_000_000

export function appHandlers({ paths, emit, connections }: Library): Pick<LibraryHandlers, AppCall> {
  return {
    'library.hello': greeting,
    // It never blocks for long: thumbnails and scans are computed by threads.
    'library.ping': () => ({ silence: 0 }),
    'settings.get': () => readSettings(paths.settings),
    'settings.set': async (change) => {
      const given = Object.entries(change).filter(([, value]) => value !== undefined)
      const settings = await changeSettings(paths.settings, Object.fromEntries(given))
      emit('settings.changed', settings)
      return settings
    },
    'draft.get': async () => ({ draft: (await readJson(paths.draft, z.json())) ?? null }),
    'draft.set': async ({ draft }) => {
      if (JSON.stringify(draft).length <= largestDraft) await writeJson(paths.draft, draft)
      return {}
    },
    'connections.add': ({ url, why }) => {
      connections.add(url, why)
      return {}
    },
    'connections.list': () => ({ connections: connections.list() }),
  }
}
