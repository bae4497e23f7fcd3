import { ref } from 'vue'
import { useApi } from '../api.ts'

interface Found {
  file: File
  /** Below what was dropped, with `/`. */
  name: string
}

async function filesIn(entry: FileSystemEntry, above: string): Promise<Found[]> {
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
  const over = ref(false)
  const sending = ref<{ done: number; total: number; stop: () => void }>()

  async function send(found: readonly Found[]): Promise<string[]> {
    const controller = new AbortController()
    const batch = word()
    const tops = new Map<string, string>()
    sending.value = { done: 0, total: found.length, stop: () => controller.abort() }
    try {
      for (const { file, name } of found) {
        const sent = await api.upload(file, { batch, name, signal: controller.signal })
        const [top = name] = name.split('/')
        tops.set(top, name.includes('/') ? `${sent.folder}/${top}` : sent.file)
        sending.value = { ...sending.value, done: sending.value.done + 1 }
      }
      return [...tops.values()]
    } finally {
      sending.value = undefined
    }
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

  return { over, sending, pathsOf }
}
