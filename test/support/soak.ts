import { readFile, rm } from 'node:fs/promises'
import type net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { contract } from '../../src/shared/contract.ts'
import { createClient, newStreamPosition } from '../../src/shared/rpc.ts'
import { socketWire } from '../../src/shared/wire.ts'
import { objects, startThaw } from './commandLine.ts'
import { photosIn } from './engine/host.ts'

export interface Soaked {
  /** MiB that the server's own process holds after a collection: medians of the quarter after warming up, and of the last. */
  before: number
  after: number
  /** MiB of memory that the system has given it: at the most, and in the last quarter. */
  most: number
  resident: number
  /** Readers that had stopped reading and were cut off. */
  cutOff: number
  /** Connections that went on at the event where the one before was cut. */
  resumed: number
  jobs: number
}

interface Told {
  address: string
  apiToken: string
}

const mebibyte = 2 ** 20
interface Sample {
  rss: number
  held: number
}

/** What a process holds after a collection, bytes. */
async function memoryOf(pid: number, probe: string): Promise<Sample> {
  await rm(`${probe}-${pid}`, { force: true })
  process.kill(pid, 'SIGUSR2')
  for (;;) {
    await sleep(200)
    const text = await readFile(`${probe}-${pid}`, 'utf8').catch(() => '')
    if (text !== '') return JSON.parse(text) as Sample
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** What a program that has the key connects with. */
function sockets({ address, apiToken }: Told) {
  const { origin } = new URL(address)
  return async () => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, {
      headers: { authorization: `Bearer ${apiToken}` },
    })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return socket
  }
}

/**
 * A server under work for a while: one window after the other is cut off and comes back, others have stopped reading, and scans are
 * done without end.
 * @param folder for its data and its photos
 */
export async function soak(folder: string, minutes: number, reconnects: number): Promise<Soaked> {
  const probe = path.join(folder, 'probe')
  const running = startThaw(['serve', '--port', '0', '--json'], {
    env: {
      THAW_HOME: path.join(folder, 'home'),
      THAW_CACHE: path.join(folder, 'cache'),
      NODE_OPTIONS: `--import=${new URL('./soakProbe.mjs', import.meta.url).href}`,
      SOAK_PROBE: probe,
    },
  })
  try {
    const [told] = objects<Told>({ out: await running.line('address') }) as [Told]
    const open = sockets(told)
    const photos = await photosIn(path.join(folder, 'photos'), ['ants', 'bees'], 100)
    const end = Date.now() + minutes * 60_000
    const samples: Sample[] = []
    const counted = { cutOff: 0, resumed: 0, jobs: 0 }

    const measure = async () => {
      while (Date.now() < end) {
        samples.push(await memoryOf(running.child.pid!, probe))
        await sleep(minutes * 300)
      }
    }
    /** Asks for more than it reads, until it is cut off; then again. */
    const readSlowly = async () => {
      while (Date.now() < end) {
        const socket = await open()
        const closed = new Promise((resolve) => socket.once('close', resolve))
        const stream = (socket as unknown as { _socket: net.Socket })._socket
        stream.pause()
        // A socket that is paused hears of its end only when it is read on.
        const timer = setTimeout(() => stream.resume(), 20_000)
        socket.on('error', () => undefined)
        for (let id = 1; id <= 200 && socket.readyState === WebSocket.OPEN; id += 1) {
          socket.send(JSON.stringify({ type: 'call', id, call: 'log.tail', input: { lines: 1000 } }))
          socket.send(
            JSON.stringify({
              type: 'call',
              id: id + 1000,
              call: 'files.browse',
              input: { path: '/usr/bin', kind: 'photos' },
            }),
          )
          await sleep(5)
        }
        await Promise.race([closed, sleep(Math.max(0, Math.min(25_000, end - Date.now())))])
        clearTimeout(timer)
        if (socket.readyState === WebSocket.CLOSED) counted.cutOff += 1
        socket.terminate()
      }
    }
    /** A window: starts scans, is cut off in the middle, and comes back. */
    const comeAndGo = async () => {
      const position = newStreamPosition()
      for (let i = 0; i <= reconnects && Date.now() < end; i += 1) {
        const until = Date.now() + (minutes * 60_000) / (reconnects + 1)
        const socket = await open()
        const client = createClient(contract, socketWire(socket), 'server', {
          position,
          onWelcome: ({ isResumed }) => (counted.resumed += isResumed ? 1 : 0),
        })
        const ended = new Set<string>()
        client.on('job.changed', ({ id, state }) => state === 'done' && ended.add(id))
        while (Date.now() < Math.min(until, end)) {
          const { job } = await client.call('jobs.start', { kind: 'scan', folder: photos })
          while (!ended.has(job) && Date.now() < Math.min(until, end)) await sleep(20)
          counted.jobs += 1
        }
        socket.terminate()
        await sleep(50)
      }
    }
    await Promise.all([measure(), readSlowly(), comeAndGo()])
    const quarter = Math.floor(samples.length / 4)
    return {
      before: median(samples.slice(quarter, 2 * quarter).map(({ held }) => held)) / mebibyte,
      after: median(samples.slice(-quarter).map(({ held }) => held)) / mebibyte,
      most: Math.max(...samples.map(({ rss }) => rss)) / mebibyte,
      resident: median(samples.slice(-quarter).map(({ rss }) => rss)) / mebibyte,
      ...counted,
    }
  } finally {
    running.child.kill()
    await running.ended
  }
}
