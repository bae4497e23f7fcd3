import { once } from 'node:events'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { Serving, ServeOptions } from '../../../src/main/serve.ts'
import { startServe } from '../../../src/main/serve.ts'
import { contract } from '../../../src/shared/contract.ts'
import type { Client } from '../../../src/shared/rpc.ts'
import { createClient } from '../../../src/shared/rpc.ts'
import type { Wire } from '../../../src/shared/wire.ts'
import { socketWire } from '../../../src/shared/wire.ts'
import { put } from '../folder.ts'
import type { AtEnd } from './host.ts'
import { fakeEngine, testFolder } from './host.ts'

export interface StartedServe {
  serving: Serving
  home: string
  /** http://127.0.0.1:PORT */
  origin: string
  cookie: string
  get: (place: string, init?: RequestInit) => Promise<Response>
  open: () => Promise<{ wire: Wire; client: Client<typeof contract> }>
}

/** Serve mode on a free port, with a page of one line, and its cookie; gone after the test. */
export async function startedServe(
  options: ServeOptions = {},
  atEnd: AtEnd = onTestFinished,
): Promise<StartedServe> {
  const folder = await testFolder(atEnd)
  const home = path.join(folder, 'home')
  const renderer = path.join(folder, 'renderer')
  await put(path.join(renderer, 'index.html'), '<!doctype html><title>Thaw</title>')
  await put(path.join(renderer, 'assets', 'main-1234.js'), 'export {}')
  const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
  const serving = await startServe({ port: 0, engine: fakeEngine(), env, renderer, ...options })
  atEnd(() => serving.close())
  const origin = `http://127.0.0.1:${serving.port}`
  // The printed address stays good for the test: it opens the page once.
  const entered = await fetch(serving.freshAddress(), { redirect: 'manual' })
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!
  const headers = { cookie, origin }
  return {
    serving,
    home,
    origin,
    cookie,
    get: (place, init) => fetch(`${origin}${place}`, { headers: { cookie }, ...init }),
    open: async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${serving.port}/rpc`, { headers })
      await once(socket, 'open')
      const wire = socketWire(socket)
      return { wire, client: createClient(contract, wire) }
    },
  }
}
