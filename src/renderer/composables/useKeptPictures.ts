import { onUnmounted, shallowReactive } from 'vue'
import { useApi } from '../api.ts'

/** Pictures in one answer: a screen of them are two or three, so that the first are seen before the last are read. */
const mostAsked = 24
/** Answers that are waited for at a time. */
const mostAtOnce = 2
/** Pictures that nobody shows any more, some megabytes, for who scrolls back. */
const mostUnused = 600

/** Pictures of the size of the grid's by their ids. Whoever shows one says so, and says when it is shown no more. */
export interface KeptPictures {
  /** Its address; '': it was not made yet and has to be asked for by itself; undefined: it is being looked for. */
  addressOf: (id: string) => string | undefined
  show: (id: string) => void
  leave: (id: string) => void
  /** What lies there is no picture. */
  failed: (id: string) => void
}

/** It says whose picture it is, so that a click with the other button can show the photo's file. */
function addressFor(id: string, base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (it) => it.charCodeAt(0))
  return `${URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }))}#/thumb/${id}`
}

/**
 * Thumbnails that lie on the disk, two dozen to a call: asked for one by one, each costs the server, the library and the browser
 * several times what reading and decoding it does, and the last tile of a screen is late.
 */
export function useKeptPictures(): KeptPictures {
  const api = useApi()
  const addresses = shallowReactive(new Map<string, string>())
  /** By how many tiles each is shown: a photo that moves to another place is shown there before it is gone here. */
  const shown = new Map<string, number>()
  const waiting = new Set<string>()
  /** The longest unused first. */
  const unused = new Set<string>()
  let underWay = 0
  let isGone = false

  function forget(id: string): void {
    const address = addresses.get(id)
    if (address) URL.revokeObjectURL(address.split('#')[0]!)
    addresses.delete(id)
    unused.delete(id)
  }

  async function fetchSome(ids: readonly string[]): Promise<void> {
    // One that could not be had is asked for by itself, and tells why there.
    const { pictures } = await api
      .call('pictures.kept', { pictures: [...ids] })
      .catch(() => ({ pictures: [] as (string | null)[] }))
    if (isGone) return
    ids.forEach((id, i) => {
      const bytes = pictures[i]
      addresses.set(id, bytes == null ? '' : addressFor(id, bytes))
      if (!shown.has(id)) putAside(id)
    })
  }

  function fetchNext(): void {
    while (waiting.size > 0 && underWay < mostAtOnce && !isGone) {
      const ids = [...waiting].slice(0, mostAsked)
      for (const id of ids) waiting.delete(id)
      underWay += 1
      void fetchSome(ids).finally(() => {
        underWay -= 1
        fetchNext()
      })
    }
  }

  function putAside(id: string): void {
    // What was not there may be made by now.
    if (addresses.get(id) === '') forget(id)
    else if (addresses.has(id)) unused.add(id)
    const [oldest] = unused
    if (unused.size > mostUnused) forget(oldest!)
  }

  onUnmounted(() => {
    isGone = true
    for (const id of [...addresses.keys()]) forget(id)
  })

  return {
    addressOf: (id) => addresses.get(id),
    failed: (id) => {
      forget(id)
      addresses.set(id, '')
    },
    show: (id) => {
      shown.set(id, (shown.get(id) ?? 0) + 1)
      unused.delete(id)
      if (addresses.has(id) || waiting.has(id)) return
      waiting.add(id)
      // All tiles that are made in one go are asked for in one call.
      if (waiting.size === 1) queueMicrotask(fetchNext)
    },
    leave: (id) => {
      const left = shown.get(id)! - 1
      if (left > 0) {
        shown.set(id, left)
        return
      }
      shown.delete(id)
      waiting.delete(id)
      putAside(id)
    },
  }
}
