import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Serving } from '../src/main/serve.ts'
import { contract } from '../src/shared/contract.ts'
import type { Client } from '../src/shared/rpc.ts'
import { createClient } from '../src/shared/rpc.ts'
import type { Wire } from '../src/shared/wire.ts'
import { socketWire } from '../src/shared/wire.ts'

export interface Entered {
  /** http://127.0.0.1:PORT */
  origin: string
  /** As a page of serve mode's own sends them. */
  headers: { cookie: string; origin: string }
  /** A connection as the page has one; `close` ends it. */
  connect: () => Promise<{ wire: Wire; client: Client<typeof contract>; close: () => void }>
}

/** Enters serve mode as a page does. The printed address stays good: it opens the page once. */
export async function enterServing({ port, freshAddress }: Serving): Promise<Entered> {
  const origin = `http://127.0.0.1:${port}`
  const entered = await fetch(freshAddress(), { redirect: 'manual' })
  const headers = { cookie: entered.headers.get('set-cookie')!.split(';')[0]!, origin }
  return {
    origin,
    headers,
    connect: async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers })
      await once(socket, 'open')
      const wire = socketWire(socket)
      return { wire, client: createClient(contract, wire), close: () => socket.close() }
    },
  }
}
