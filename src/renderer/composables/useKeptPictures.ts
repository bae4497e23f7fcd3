import { onUnmounted, shallowReactive } from 'vue'
import { useApi } from '../api.ts'
import type { GridPicture } from '../../shared/api/datasets.ts'

/** Pictures in one answer: a screen of them are two or three, so that the first are seen before the last are read. */
const mostAsked = 24
/** Answers that are waited for at a time. */
const mostAtOnce = 2
/** Pictures that nobody shows any more, some megabytes, for who scrolls back. */
const mostUnused = 600

/** Pictures of the size of the grid's by their ids. Whoever shows one says so, and says when it is shown no more. */
export interface KeptPictures {
  /** Its address; '': none could be made, and who asks for it by itself is told why; undefined: it is being made. */
  addressOf: (id: string) => string | undefined
  show: (id: string) => void
  leave: (id: string) => void
  /** These will be in view in a moment, and are asked for before they are shown; those that were expected before no longer. */
  expect: (ids: readonly string[]) => void
  /** Whether any is being looked for or made. */
  isWaiting: () => boolean
  /** What lies there is no picture. */
  failed: (id: string) => void
}

interface Call {
  ids: readonly string[]
  controller: AbortController
}

/**
 * The picture itself as an address: to make one of a blob is a question to the browser's process, for which the page stands still, twice
 * a picture. It says whose picture it is, so that a click with the other button can show the photo's file.
 */
const addressFor = (id: string, base64: string) => `data:image/jpeg;base64,${base64}#/thumb/${id}`

/**
 * Thumbnails, two dozen to a call: asked for one by one, each costs the server, the library and the browser several times what reading
 * and decoding it does, and the last tile of a screen is late. A camera's own small picture stands in where there is one, and
 * finer ones come when every tile has something.
 */
export function useKeptPictures(): KeptPictures {
  const api = useApi()
  const addresses = shallowReactive(new Map<string, string>())
  /** By how many tiles each is shown: a photo that moves to another place is shown there before it is gone here. */
  const shown = new Map<string, number>()
  let waiting = new Set<string>()
  let expected: ReadonlySet<string> = new Set()
  /** Those that are shown coarse. */
  const coarse = new Set<string>()
  /** The longest unused first. */
  const unused = new Set<string>()
  const calls = new Set<Call>()
  let isGone = false

  const isWanted = (id: string) => shown.has(id) || expected.has(id)

  function forget(id: string): void {
    addresses.delete(id)
    coarse.delete(id)
    unused.delete(id)
  }

  function take(id: string, picture: GridPicture): void {
    if (picture === 'later') return
    waiting.delete(id)
    // A coarse one that turns out to be all there is stays.
    if (picture === 'none' && coarse.delete(id)) return
    addresses.set(id, picture === 'none' ? '' : addressFor(id, picture.jpeg))
    if (picture !== 'none' && picture.coarse) coarse.add(id)
    else coarse.delete(id)
    if (!shown.has(id)) putAside(id)
  }

  async function fetchSome(call: Call, wantsFine: boolean): Promise<void> {
    const { ids, controller } = call
    const { signal } = controller
    const asked = { pictures: [...ids], coarse: !wantsFine }
    // One that could not be had is asked for by itself, and tells why there.
    const answer = await api
      .call('pictures.grid', asked, { signal })
      .catch(() => ({ pictures: ids.map((): GridPicture => (signal.aborted ? 'later' : 'none')) }))
    calls.delete(call)
    if (isGone) return
    ids.forEach((id, i) => take(id, answer.pictures[i]!))
    const again = ids.filter((id, i) => answer.pictures[i] === 'later' && isWanted(id) && !coarse.has(id))
    // They have waited longest: what was shown after them, beyond the screen's edge, comes after them.
    waiting = new Set([...again, ...waiting])
    fetchNext()
  }

  /** Asks for what has no picture yet; where everything has one, for finer ones instead of coarse ones. */
  function fetchNext(): void {
    while (calls.size < mostAtOnce && !isGone) {
      const isAsked = (id: string) => [...calls].some((call) => call.ids.includes(id))
      const wantsFine = waiting.size === 0
      const finer = () => (calls.size > 0 ? [] : [...coarse].filter((id) => shown.has(id)))
      const ids = (wantsFine ? finer() : [...waiting]).filter((id) => !isAsked(id)).slice(0, mostAsked)
      if (ids.length === 0) return
      for (const id of ids) waiting.delete(id)
      const call = { ids, controller: new AbortController() }
      calls.add(call)
      void fetchSome(call, wantsFine)
    }
  }

  function putAside(id: string): void {
    // What could not be made may be there by now.
    if (addresses.get(id) === '') forget(id)
    else if (addresses.has(id)) unused.add(id)
    const [oldest] = unused
    if (unused.size > mostUnused) forget(oldest!)
  }

  /** What was scrolled past is not made any more. */
  function dropUnwanted(): void {
    for (const { ids, controller } of calls) if (!ids.some(isWanted)) controller.abort()
  }

  onUnmounted(() => {
    isGone = true
    for (const { controller } of calls) controller.abort()
  })

  return {
    addressOf: (id) => addresses.get(id),
    isWaiting: () => waiting.size > 0 || calls.size > 0,
    failed: (id) => {
      forget(id)
      addresses.set(id, '')
    },
    show: (id) => {
      shown.set(id, (shown.get(id) ?? 0) + 1)
      unused.delete(id)
      if (waiting.has(id) || (addresses.has(id) && !coarse.has(id))) return
      if (!coarse.has(id)) waiting.add(id)
      // All tiles that are made in one go are asked for in one call.
      queueMicrotask(fetchNext)
    },
    leave: (id) => {
      const left = shown.get(id)! - 1
      if (left > 0) {
        shown.set(id, left)
        return
      }
      shown.delete(id)
      if (!expected.has(id)) waiting.delete(id)
      putAside(id)
      dropUnwanted()
    },
    expect: (ids) => {
      expected = new Set(ids)
      const isMissing = (id: string) =>
        !addresses.has(id) && ![...calls].some((call) => call.ids.includes(id))
      waiting = new Set([...ids.filter(isMissing), ...[...waiting].filter((id) => shown.has(id))])
      dropUnwanted()
      fetchNext()
    },
  }
}
