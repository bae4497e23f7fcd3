import { inject } from 'vue'
import type { InjectionKey } from 'vue'
import { contract, UploadedFile } from '../shared/contract.ts'
import type { Contract } from '../shared/contract.ts'
import { PlainFailure } from '../shared/api/errors.ts'
import { ThawError } from '../shared/errors.ts'
import { createClient, newStreamPosition } from '../shared/rpc.ts'
import type { Client } from '../shared/rpc.ts'
import { bridgeWire, socketWire } from '../shared/wire.ts'
import type { Wire } from '../shared/wire.ts'

export type PictureSize = 96 | 192 | 384 | 1024

/**
 * `lost`: nobody answers. `stranger`: a server is there again and does not know this page, which needs its new address. `other`: it
 * is of another version than this page.
 */
export type Connection = 'open' | 'lost' | 'stranger' | 'other'

/** All that the window can ask for. This file alone knows the wire, `window` and addresses. */
export interface Api extends Client<Contract> {
  /** Told how the wire is now, and with every change. */
  onConnection: (listener: (state: Connection) => void) => () => void
  /** Address of a picture by its id; `coarse`: the photo's own small picture will do where no finer one is made yet. */
  picture: (id: string, size?: PictureSize, coarse?: boolean) => string
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
  /** Loads the page anew, from another address of a server if one is given. @returns false if it is no address */
  openAgain: (address?: string) => boolean
}

export const apiKey: InjectionKey<Api> = Symbol('api')

export function useApi(): Api {
  const api = inject(apiKey)
  if (!api) throw new Error('No api was provided')
  return api
}

/** Milliseconds until a lost socket is opened anew; longer each time, up to the last. */
const pauses = [500, 1000, 2000, 4000]
/** Milliseconds without a word after which the server is taken for gone: it says something every ten seconds. */
const silence = 30_000

function openSocket(): Promise<Wire> {
  const { protocol, host } = window.location
  const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/rpc`)
  return new Promise((resolve, reject: (error: ThawError) => void) => {
    socket.addEventListener('open', () => resolve(socketWire(socket, { silence })), { once: true })
    socket.addEventListener('close', () => reject(new ThawError('engine.gone', { part: 'server' })), {
      once: true,
    })
  })
}

const openWire = (): Promise<Wire> => (window.thaw ? Promise.resolve(bridgeWire(window.thaw)) : openSocket())

/** Why there is no socket: a browser does not tell what a server answered to its opening, so another request asks. */
async function whyClosed(): Promise<Connection> {
  const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => undefined)
  return answer?.status === 401 ? 'stranger' : 'lost'
}

/**
 * A client that outlives its wire: calls wait for the first connection, those under way when it is lost are rejected with
 * `engine.gone`, and listeners stay for the next one, which tells them what they have missed.
 */
function lastingClient(open: () => Promise<Wire>): Pick<Api, 'call' | 'on' | 'onConnection'> {
  type AnyListener = (data: never) => void
  const listeners = new Set<{ event: string; listener: AnyListener; off?: () => void }>()
  const watchers = new Set<(state: Connection) => void>()
  const position = newStreamPosition()
  let state: Connection | undefined
  let client: Promise<Client<Contract>>
  /** The client of the present wire, greeted or not: what is told right after the greeting must find its listener. */
  let present: Client<Contract> | undefined

  const tell = (now: Connection) => {
    if (now === state && now !== 'open') return
    state = now
    for (const watcher of watchers) watcher(now)
  }

  const wait = (tries: number) =>
    new Promise((resolve) => setTimeout(resolve, pauses[Math.min(tries, pauses.length - 1)]))

  /** A client over a wire whose other side has said who it is. */
  const greeted = async (): Promise<Client<Contract>> => {
    const wire = await open()
    const next = await new Promise<Client<Contract>>((resolve, reject: (error: ThawError) => void) => {
      const made = createClient(contract, wire, 'server', {
        position,
        // The server has checked what it says; a page of its version takes it as it is.
        isTrusted: true,
        onWelcome: ({ isOurs }) => {
          tell(isOurs ? 'open' : 'other')
          resolve(made)
        },
      })
      present = made
      for (const entry of listeners) entry.off = made.on(entry.event as never, entry.listener)
      wire.onClose(() => {
        present = undefined
      })
      wire.onClose(() => reject(new ThawError('engine.gone', { part: 'server' })))
    })
    wire.onClose(() => {
      tell('lost')
      client = connected()
    })
    return next
  }

  const connected = async (): Promise<Client<Contract>> => {
    for (let tries = 0; ; tries += 1) {
      if (state !== undefined) await wait(tries)
      try {
        return await greeted()
      } catch {
        tell(await whyClosed())
      }
    }
  }
  client = connected()

  return {
    call: async (call, input, options) => (await client).call(call, input, options),
    on: (event, listener) => {
      const entry: { event: string; listener: AnyListener; off?: () => void } = { event, listener }
      listeners.add(entry)
      const off = present?.on(event, listener)
      if (off) entry.off = off
      return () => {
        listeners.delete(entry)
        entry.off?.()
      }
    },
    onConnection: (listener) => {
      watchers.add(listener)
      if (state !== undefined) listener(state)
      return () => watchers.delete(listener)
    },
  }
}

function openAgain(address?: string): boolean {
  if (address === undefined) {
    window.location.reload()
    return true
  }
  const url = URL.parse(address.trim())
  if (!url || !/^https?:$/.test(url.protocol)) return false
  window.location.href = url.href
  return true
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
    picture: (id, size = 192, coarse = false) => `/thumb/${id}?size=${size}${coarse ? '&coarse' : ''}`,
    download: (id) => `/download/${id}`,
    pathOf: (file) => window.thaw?.pathForFile(file as never) ?? '',
    upload,
    askBeforeLeaving,
    languages: window.navigator.languages,
    openAgain,
  }
}
