import { inject } from 'vue'
import type { InjectionKey } from 'vue'
import { contract, UploadedFile } from '../shared/contract.ts'
import type { Contract } from '../shared/contract.ts'
import { PlainFailure } from '../shared/api/errors.ts'
import { ThawError } from '../shared/errors.ts'
import { createClient } from '../shared/rpc.ts'
import type { Client } from '../shared/rpc.ts'
import { bridgeWire, socketWire } from '../shared/wire.ts'
import type { Wire } from '../shared/wire.ts'

export type PictureSize = 96 | 192 | 384 | 1024

/** All that the window can ask for. This file alone knows the wire, `window` and addresses. */
export interface Api extends Client<Contract> {
  /** Told true when the wire is open (again), false when it is lost; at once with the state now. */
  onConnection: (listener: (open: boolean) => void) => () => void
  /** Address of a picture by its id. */
  picture: (id: string, size?: PictureSize) => string
  /** Address of a file on offer. */
  download: (id: string) => string
  /** Path of a dropped or picked file on the disk of the machine that computes; '' where only its bytes can be sent. */
  pathOf: (file: File) => string
  /** Sends a file's bytes into a batch of the window's naming. @throws ThawError */
  upload: (file: File, to: { batch: string; name: string; signal?: AbortSignal }) => Promise<UploadedFile>
  /**
   * Lets the browser ask before its tab is closed while `isAtWork` says so. Does nothing in the app, whose main process asks.
   * @returns what ends it
   */
  askBeforeLeaving: (isAtWork: () => boolean) => () => void
  /** The person's languages, the preferred first. */
  languages: readonly string[]
}

export const apiKey: InjectionKey<Api> = Symbol('api')

export function useApi(): Api {
  const api = inject(apiKey)
  if (!api) throw new Error('No api was provided')
  return api
}

/** Milliseconds until a lost socket is opened anew. */
const pause = 1000

function openSocket(): Promise<Wire> {
  const { protocol, host } = window.location
  const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/rpc`)
  return new Promise((resolve, reject: (error: ThawError) => void) => {
    socket.addEventListener('open', () => resolve(socketWire(socket)), { once: true })
    socket.addEventListener('close', () => reject(new ThawError('engine.gone', { part: 'server' })), {
      once: true,
    })
  })
}

const openWire = (): Promise<Wire> => (window.thaw ? Promise.resolve(bridgeWire(window.thaw)) : openSocket())

/**
 * A client that outlives its wire: calls wait for the first connection, those under way when it is lost are rejected with
 * `engine.gone`, and listeners stay for the next one.
 */
function lastingClient(open: () => Promise<Wire>): Pick<Api, 'call' | 'on' | 'onConnection'> {
  type AnyListener = (data: never) => void
  const listeners = new Set<{ event: string; listener: AnyListener; off?: () => void }>()
  const watchers = new Set<(open: boolean) => void>()
  let isOpen = false
  let client: Promise<Client<Contract>>

  const tell = (now: boolean) => {
    isOpen = now
    for (const watcher of watchers) watcher(now)
  }

  const wait = () => new Promise((resolve) => setTimeout(resolve, pause))

  const connected = async (): Promise<Client<Contract>> => {
    for (;;) {
      try {
        const wire = await open()
        const next = createClient(contract, wire, 'server')
        for (const entry of listeners) entry.off = next.on(entry.event as never, entry.listener)
        wire.onClose(() => {
          tell(false)
          client = wait().then(connected)
        })
        tell(true)
        return next
      } catch {
        await wait()
      }
    }
  }
  client = connected()

  return {
    call: async (call, input, options) => (await client).call(call, input, options),
    on: (event, listener) => {
      const entry: { event: string; listener: AnyListener; off?: () => void } = { event, listener }
      listeners.add(entry)
      if (isOpen)
        void client.then((now) => {
          if (listeners.has(entry)) entry.off ??= now.on(event, listener)
        })
      return () => {
        listeners.delete(entry)
        entry.off?.()
      }
    },
    onConnection: (listener) => {
      watchers.add(listener)
      if (isOpen) listener(true)
      return () => watchers.delete(listener)
    },
  }
}

async function upload(
  file: File,
  { batch, name, signal }: { batch: string; name: string; signal?: AbortSignal },
): Promise<UploadedFile> {
  const query = new URLSearchParams({ batch, name })
  const answer = await fetch(`/upload?${query.toString()}`, {
    method: 'POST',
    body: file,
    ...(signal && { signal }),
  })
  const body: unknown = await answer.json()
  if (answer.ok) return UploadedFile.parse(body)
  const failure = PlainFailure.safeParse(body)
  throw failure.success
    ? new ThawError(failure.data.code, failure.data.parameters)
    : new ThawError('internal')
}

function askBeforeLeaving(isAtWork: () => boolean): () => void {
  if (window.thaw) return () => undefined
  const ask = (event: BeforeUnloadEvent) => {
    if (isAtWork()) event.preventDefault()
  }
  window.addEventListener('beforeunload', ask)
  return () => window.removeEventListener('beforeunload', ask)
}

/** Opens the wire: to Electron's main process where there is one, else over a socket to the server of this page. */
export function connect(): Api {
  return {
    ...lastingClient(openWire),
    picture: (id, size = 192) => `/thumb/${id}?size=${size}`,
    download: (id) => `/download/${id}`,
    pathOf: (file) => window.thaw?.pathForFile(file as never) ?? '',
    upload,
    askBeforeLeaving,
    languages: window.navigator.languages,
  }
}
