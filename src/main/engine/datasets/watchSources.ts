import type { FSWatcher } from 'node:fs'
import { watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { ScannedDataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { namedIn, statesOf } from './candidates.ts'
import { layoutOf } from './layout.ts'
import { listFolder } from './walk.ts'

/** So long nothing may happen before a change is told, milliseconds: a thousand photos that are copied in are one change. */
const quiet = 1500
/** How often it is looked whether sources are there: a disk that was pulled out tells nothing by itself. */
const presenceEvery = 3000

const kindOf = (place: string): Promise<'folder' | 'file' | undefined> =>
  stat(place).then(
    (it) => (it.isDirectory() ? 'folder' : 'file'),
    () => undefined,
  )

/** A folder and all folders in it; what cannot be read is passed over. */
async function foldersIn(folder: string): Promise<string[]> {
  const inside = await listFolder(folder).catch(() => ({ folders: [] }))
  const below = await Promise.all(inside.folders.map((name) => foldersIn(path.join(folder, name))))
  return [folder, ...below.flat()]
}

/** Watches places as they stand now, until they are watched anew. */
class Watchers {
  private readonly watchers = new Map<string, FSWatcher>()
  private readonly onEvent: () => void

  constructor(onEvent: () => void) {
    this.onEvent = onEvent
  }

  /** Takes on what is new, lets go of what is gone. A folder that cannot be watched is looked at when it is opened next. */
  async follow(places: readonly string[]): Promise<void> {
    const found = await Promise.all(
      places.map(async (place) => ((await kindOf(place)) === 'folder' ? foldersIn(place) : [place])),
    )
    const wanted = new Set(found.flat())
    for (const [place, watcher] of this.watchers)
      if (!wanted.has(place)) {
        watcher.close()
        this.watchers.delete(place)
      }
    for (const place of wanted) if (!this.watchers.has(place)) this.begin(place)
  }

  private begin(place: string): void {
    try {
      const watcher = watch(place, { persistent: false }, () => this.onEvent())
      watcher.on('error', () => this.end(place))
      this.watchers.set(place, watcher)
    } catch {
      // Gone again, or the system watches no more folders: presence is looked at all the same.
    }
  }

  private end(place: string): void {
    this.watchers.get(place)?.close()
    this.watchers.delete(place)
  }

  close(): void {
    for (const place of [...this.watchers.keys()]) this.end(place)
  }
}

export interface WatchOptions {
  signal: AbortSignal
  /** Whether something happened before it was watched. */
  isStale: () => Promise<boolean>
  /** Something was added, changed or vanished, and it has been quiet since. */
  onChange: () => void
}

/**
 * Watches folders with all that is in them, lists and archives. One that vanishes is waited for.
 * @returns never by itself
 * @throws ThawError `cancelled`, which is its end
 */
export async function watchSources(places: readonly string[], options: WatchOptions): Promise<never> {
  const { signal, isStale, onChange } = options
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>()
  let timer: NodeJS.Timeout | undefined
  const watchers = new Watchers(() => {
    clearTimeout(timer)
    timer = setTimeout(() => void tell(), quiet)
  })
  const tell = async () => {
    await watchers.follow(places)
    if (!signal.aborted) onChange()
  }
  const presence = async () => (await Promise.all(places.map(kindOf))).join()
  let before = await presence()
  const looking = setInterval(() => {
    void presence().then((now) => {
      if (now === before) return undefined
      before = now
      return tell()
    })
  }, presenceEvery)
  signal.addEventListener('abort', () => end(undefined), { once: true })
  try {
    await watchers.follow(places)
    if (await isStale().catch(() => false)) onChange()
    if (!signal.aborted) await ended
  } finally {
    clearInterval(looking)
    clearTimeout(timer)
    watchers.close()
  }
  throw new ThawError('cancelled')
}

/** Whether the files in a scanned folder are other ones than the scan has seen. Of lists and archives only watching tells. */
export async function differsFromDisk({
  folder,
  source,
  photos,
  unreadable,
}: ScannedDataset): Promise<boolean> {
  if (source !== undefined) return false
  const { folders, classes } = await layoutOf(folder)
  const found = await namedIn(folder, folders, classes, {})
  const inside = ({ path: file }: { path: string }) => !file.startsWith('../') && !path.isAbsolute(file)
  const known = new Map(photos.filter(inside).map((photo) => [photo.path, photo]))
  const failed = new Set(unreadable.filter(inside).map((photo) => photo.path))
  if (found.named.length + found.bad.length !== known.size + failed.size) return true
  for await (const { candidates } of statesOf(folder, found.named))
    for (const file of candidates) {
      const photo = known.get(file.path)
      const isSame = photo
        ? photo.bytes === file.bytes && photo.modified === file.modified && photo.sidecar === file.sidecar
        : failed.has(file.path)
      if (!isSame) return true
    }
  return false
}
