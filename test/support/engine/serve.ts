import path from 'node:path'
import { onTestFinished } from 'vitest'
import { enterServing } from '../../../scripts/serving.ts'
import type { Entered } from '../../../scripts/serving.ts'
import type { Serving, ServeOptions } from '../../../src/main/serve.ts'
import { startServe } from '../../../src/main/serve.ts'
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
  open: Entered['connect']
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
  const { origin, headers, connect } = await enterServing(serving)
  const { cookie } = headers
  return {
    serving,
    home,
    origin,
    cookie,
    get: (place, init) => fetch(`${origin}${place}`, { headers: { cookie }, ...init }),
    open: connect,
  }
}
