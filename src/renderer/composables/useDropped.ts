import { ref } from 'vue'
import { plainError, ThawError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useMessages } from '../stores/messages.ts'
import { useSending } from '../stores/sending.ts'

interface Found {
  file: File
  /** Below what was dropped, with `/`. */
  name: string
}

/** Files with a point in front are the system's own: .DS_Store and its like. */
async function filesIn(entry: FileSystemEntry, above: string): Promise<Found[]> {
  if (entry.name.startsWith('.')) return []
  const name = above ? `${above}/${entry.name}` : entry.name
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    return [{ file, name }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: Found[] = []
  for (;;) {
    // A reader gives a hundred at a time, and none once it is at its end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (entries.length === 0) return found
    for (const child of entries) found.push(...(await filesIn(child, name)))
  }
}

const word = () => crypto.randomUUID()

/**
 * Files and folders that are dropped or pasted, as paths on the computer that computes: at once where the window knows them,
 * else by sending the bytes.
 */
export function useDropped() {
  const api = useApi()
  const messages = useMessages()
  const over = ref(false)
  const sending = useSending()

  /** What cannot be sent is told of, and the others go on. @throws ThawError if none could be sent, or cancelled */
  async function send(found: readonly Found[]): Promise<string[]> {
    const controller = new AbortController()
    const batch = word()
    const tops = new Set<string>()
    let failure: ThawError | undefined
    const work = sending.begin(found.length, () => controller.abort())
    try {
      for (const { file, name } of found) {
        try {
          const sent = await api.upload(file, { batch, name, signal: controller.signal })
          const [top = ''] = sent.file.slice(sent.folder.length + 1).split(/[\\/]/)
          tops.add(name.includes('/') ? `${sent.folder}/${top}` : sent.file)
        } catch (error) {
          if (controller.signal.aborted) throw new ThawError('cancelled')
          const { code, parameters } = plainError(error)
          failure ??= new ThawError(code, parameters)
        }
        work.sentOne()
      }
    } finally {
      work.end()
    }
    if (failure !== undefined && tops.size === 0) throw failure
    if (failure !== undefined) messages.failed(failure)
    return [...tops]
  }

  /** @throws ThawError */
  async function pathsOf(data: DataTransfer): Promise<string[]> {
    over.value = false
    const known = Array.from(data.files, (file) => api.pathOf(file)).filter(Boolean)
    if (known.length > 0) return known
    // Entries are only there until the first await.
    const entries = Array.from(data.items, (item) => item.webkitGetAsEntry()).filter(
      (entry) => entry !== null,
    )
    const loose = entries.length > 0 ? [] : Array.from(data.files)
    const found = loose.map((file) => ({ file, name: file.name }))
    for (const entry of entries) found.push(...(await filesIn(entry, '')))
    return send(found)
  }

  /** @throws ThawError */
  const sendFiles = (files: readonly File[]) => send(files.map((file) => ({ file, name: file.name })))

  return { over, pathsOf, sendFiles }
}
