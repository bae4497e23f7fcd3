import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { checkoutRoot, engineOfCheckout } from '../../../src/main/host/engineFiles.ts'
import type { EngineFiles } from '../../../src/main/host/engineFiles.ts'
import type { Host, HostOptions } from '../../../src/main/host/host.ts'
import { startHost } from '../../../src/main/host/host.ts'
import { contract } from '../../../src/shared/contract.ts'
import type { Client } from '../../../src/shared/rpc.ts'
import { createClient } from '../../../src/shared/rpc.ts'
import { wirePair } from '../../../src/shared/wire.ts'
import { jpeg, put } from '../folder.ts'

/** The real library, and a trainer that only pretends. */
export const fakeEngine = (): EngineFiles => ({
  ...engineOfCheckout(checkoutRoot()),
  trainer: fileURLToPath(new URL('./fakeTrainer.ts', import.meta.url)),
})

/** What to do at the end: of the test by default; a test file may gather it for all its tests. */
export type AtEnd = (clean: () => Promise<void>) => void

/** A folder of its own for one test. */
export async function testFolder(atEnd: AtEnd = onTestFinished): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'thaw-'))
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** What the states of a host match whose two children are up: wait for it before asking whether something brought one down. */
export const bothReady = [{ state: 'ready' }, { state: 'ready' }]

export interface TestHost {
  host: Host
  client: Client<typeof contract>
  home: string
}

/** A host with its children and a window, gone after the test. */
export async function aHost(home?: string, options: Partial<HostOptions> = {}): Promise<TestHost> {
  const folder = home ?? path.join(await testFolder(), 'home')
  const env = { ...process.env, THAW_HOME: folder, THAW_CACHE: path.join(folder, 'cache') }
  const host = startHost({ mode: 'serve', engine: fakeEngine(), env, ...options })
  onTestFinished(() => host.close())
  const [near, far] = wirePair()
  host.attach(far)
  return { host, client: createClient(contract, near), home: folder }
}

/** A folder of small photos: `perClass` in train/ and one in val/ of each class. */
export async function photosIn(folder: string, classes: readonly string[], perClass = 2): Promise<string> {
  for (const [i, name] of classes.entries())
    for (let photo = 0; photo <= perClass; photo += 1) {
      const split = photo < perClass ? 'train' : 'val'
      const bytes = await jpeg({ r: 40 * i, g: 30 * photo, b: 99 }, 40, 30)
      await put(path.join(folder, split, name, `${photo}.jpg`), bytes)
    }
  return folder
}

export const rubbish = (bytes: number): Buffer<ArrayBuffer> => randomBytes(bytes)
