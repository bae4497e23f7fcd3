import type { FSWatcher } from 'node:fs'
import { watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder, temporaryName } from '../files.ts'
import { throttled } from '../../../shared/throttle.ts'
import type { DataPaths } from './paths.ts'
import { eventsFile, recordFile } from './runFolder.ts'

/** So long nothing may happen before a change is told, milliseconds: what one act writes is one change. */
const quiet = 400
/** What a run's row in the list follows: its record, and the picture of its course that is written when it ends. */
const told = new Set([recordFile, 'events.out.tfevents.thaw'])
/** A training writes all the time: what comes within so many milliseconds is told together. */
const growing = 1000

/**
 * Tells when runs have come, gone or changed, or remarks on them, whoever did it: the command line, another Thaw, a person in the file
 * manager; and when one has got new events. What cannot be watched is seen when the list is asked for next.
 * @returns ends it
 */
export async function watchRuns(
  { runs, runMarks }: Pick<DataPaths, 'runs' | 'runMarks'>,
  { onChange, onGrow }: { onChange: () => void; onGrow: () => void },
): Promise<() => void> {
  /** By place: with the folder that lay there when it was begun, as the system numbers it. */
  const watchers = new Map<string, { watcher: FSWatcher; folder: number | undefined }>()
  let timer: NodeJS.Timeout | undefined
  let isEnded = false
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      void follow()
      onChange()
    }, quiet)
  }

  const grows = throttled<null>(() => onGrow(), undefined, growing)

  async function begin(place: string, matters: (name: string) => boolean): Promise<void> {
    const folder = (await stat(place).catch(() => undefined))?.ino
    // A folder that is gone and has come again under its name is another one: of that the first watcher hears nothing.
    if (watchers.has(place) && watchers.get(place)!.folder !== folder) end(place)
    if (watchers.has(place) || isEnded) return
    try {
      const watcher = watch(place, { persistent: false }, (_, name) => {
        if (name === null || matters(name)) soon()
        if (name === eventsFile) grows.push(null)
      })
      watcher.on('error', () => end(place))
      watchers.set(place, { watcher, folder })
    } catch {
      // Gone again, or the system watches no more folders.
    }
  }
  function end(place: string): void {
    watchers.get(place)?.watcher.close()
    watchers.delete(place)
  }

  /** Watches the folders that are there now: one that has no record yet is about to become a run. */
  async function follow(): Promise<void> {
    const entries = await readdir(runs, { withFileTypes: true }).catch(() => [])
    const there = entries
      .filter((entry) => entry.isDirectory() && !temporaryName.test(entry.name))
      .map((entry) => path.join(runs, entry.name))
    for (const place of watchers.keys())
      if (path.dirname(place) === runs && !there.includes(place)) end(place)
    for (const folder of there) await begin(folder, (name) => told.has(name))
  }

  await makeFolder(runs).catch(() => undefined)
  await begin(runs, (name) => !temporaryName.test(name))
  await begin(path.dirname(runMarks), (name) => name === path.basename(runMarks))
  await follow()
  return () => {
    isEnded = true
    clearTimeout(timer)
    grows.stop()
    for (const place of [...watchers.keys()]) end(place)
  }
}
