import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sha256Of } from '../../src/main/engine/checksum.ts'
import { command } from '../../src/main/engine/command.ts'
import { download } from '../../scripts/setup/download.ts'
import { ensureSetup, missingParts } from '../../scripts/setup/ensure.ts'
import { recentFailures, recordOutcome } from '../../scripts/setup/failures.ts'
import { withLock } from '../../scripts/setup/lock.ts'
import { runSetup } from '../../scripts/setup/run.ts'
import { starter, tensorflowSources } from '../../scripts/setup/sources.ts'
import { missingForCompiling } from '../../scripts/setup/tools.ts'
import { unpackWheel } from '../../src/main/engine/gpu/wheel.ts'
import { zipFile } from '../support/zip.ts'

let folder: string
let said: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thaw-setup-'))
  said = []
  vi.spyOn(console, 'error').mockImplementation((line: string) => void said.push(line))
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** Programs on PATH that do nothing; nothing else is found. */
function pretendTools(...programs: string[]) {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const program of programs) writeFileSync(join(bin, program), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  vi.stubEnv('PATH', bin)
}

describe('set-up', () => {
  it('leaves everything as it is if told to skip', async () => {
    vi.stubEnv('THAW_SETUP', 'skip')
    vi.stubEnv('THAW_VENDOR', join(folder, 'vendor'))
    await ensureSetup()
    expect(existsSync(join(folder, 'vendor'))).toBe(false)
  })

  it('says in a line each what is missing where there are no tools, and fails nothing', async () => {
    pretendTools()
    const vendor = join(folder, 'vendor')
    await runSetup(vendor, missingParts(vendor), true)
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(
      /TensorFlow could not be set up, so Thaw computes with WebAssembly.*python3 is missing/,
    )
    expect(said[1]).toMatch(/starter weights could not be set up.*pip is not installed/)
    expect(readdirSync(vendor)).toEqual(['failures.json'])
  })

  it('does not try again within a day what failed, unless a tool has come', () => {
    pretendTools('make')
    recordOutcome(folder, 'tensorflow', true)
    expect(recentFailures(folder)).toEqual(['tensorflow'])
    expect(recentFailures(folder, Date.now() + 25 * 3600 * 1000)).toEqual([])
    pretendTools('g++')
    expect(recentFailures(folder)).toEqual([])
  })

  it('forgets a failure once it went well', () => {
    recordOutcome(folder, 'weights', true)
    recordOutcome(folder, 'weights', false)
    expect(recentFailures(folder)).toEqual([])
  })

  it('removes what a killed set-up left behind', async () => {
    pretendTools()
    mkdirSync(join(folder, '.staging-abc'))
    await runSetup(folder, new Set(['weights']), true)
    expect(existsSync(join(folder, '.staging-abc'))).toBe(false)
  })

  it('says so where the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    await runSetup(join(folder, 'file', 'vendor'), new Set(['weights']), true)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('cannot be used')
  })
})

describe('the tools to compile with', () => {
  it.each([
    [['python3', 'make', 'g++'], undefined],
    [['python3', 'make', 'clang++'], undefined],
    [['python3', 'make'], 'a C++ compiler'],
    [['python3', 'g++'], 'make'],
    [['make', 'g++'], 'python3'],
  ])('of %s lack %s', (programs, missing) => {
    pretendTools(...programs)
    expect(missingForCompiling()).toBe(missing)
  })
})

describe('the sources', () => {
  it('have a checksum for each wheel', () => {
    const wheels = [...Object.values(tensorflowSources).flatMap(({ wheel }) => wheel ?? []), starter.wheel]
    for (const wheel of wheels) expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('a command', () => {
  const node = (script: string) => command(process.execPath, ['-e', script], { timeout: 10_000 })

  it('gives what it wrote', async () => {
    expect(await node('console.log("well")')).toBe('well\n')
  })

  it('fails with the line that tells the cause', async () => {
    const script =
      'console.error("a.cc:1: error: no such header"); console.error("make: gave up"); process.exit(2)'
    await expect(node(script)).rejects.toThrow('a.cc:1: error: no such header')
  })

  it('says if the program is not there, or was killed', async () => {
    await expect(command('no-such-program', [], { timeout: 1000 })).rejects.toThrow(
      'no-such-program is not installed',
    )
    await expect(node('process.kill(process.pid, "SIGKILL")')).rejects.toThrow('SIGKILL')
  })
})

describe('the lock', () => {
  const lock = () => join(folder, 'setup.lock')

  it('lets one work after the other', async () => {
    const order: string[] = []
    const waiting = vi.fn()
    const first = withLock(
      lock(),
      async () => {
        order.push('first begins')
        await new Promise((resolve) => setTimeout(resolve, 100))
        order.push('first ends')
      },
      waiting,
    )
    await withLock(lock(), () => Promise.resolve(order.push('second')), waiting)
    await first
    expect(order).toEqual(['first begins', 'first ends', 'second'])
    expect(waiting).toHaveBeenCalledExactlyOnceWith(process.pid)
    expect(existsSync(lock())).toBe(false)
  })

  it('of a process that is gone counts for nothing', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.on('close', resolve))
    writeFileSync(lock(), `${child.pid!} ${hostname()}`)
    expect(await withLock(lock(), () => Promise.resolve('done'), vi.fn())).toBe('done')
  })

  it('of another computer counts as long as it is touched', async () => {
    writeFileSync(lock(), '1 elsewhere')
    const long = new Date(Date.now() - 120_000)
    utimesSync(lock(), long, long)
    expect(await withLock(lock(), () => Promise.resolve('done'), vi.fn())).toBe('done')
  })

  it('is given back if the work fails', async () => {
    await expect(withLock(lock(), () => Promise.reject(new Error('no')), vi.fn())).rejects.toThrow('no')
    expect(existsSync(lock())).toBe(false)
  })
})

describe('a download', () => {
  async function serving<T>(answer: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
    const server = createServer(answer).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.on('listening', resolve))
    try {
      return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/file`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  it('arrives whole, with its checksum', async () => {
    const path = join(folder, 'file')
    const checksum = await serving(
      (_request, response) => response.end('twelve bytes'),
      (url) => download(url, path),
    )
    expect(readFileSync(path, 'utf8')).toBe('twelve bytes')
    expect(checksum).toBe(await sha256Of(path))
  })

  it('fails clearly if there is none, it ends early, or nobody answers', async () => {
    const path = join(folder, 'file')
    await expect(
      serving(
        (_request, response) => response.writeHead(404).end(),
        (url) => download(url, path),
      ),
    ).rejects.toThrow('the server answers 404')
    const early: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('x')
      setTimeout(() => response.destroy(), 20)
    }
    await expect(serving(early, (url) => download(url, path))).rejects.toThrow()
    await expect(download('http://127.0.0.1:9/file', path)).rejects.toThrow('not reachable')
  })
})

describe('a wheel', () => {
  it('gives the entries that are asked, where they are wanted', async () => {
    const wheel = join(folder, 'a.whl')
    writeFileSync(wheel, zipFile({ 'pkg/a.h': 'header', 'pkg/b.py': 'code', 'pkg/': '' }))
    const target = join(folder, 'out')
    const count = await unpackWheel(wheel, target, (entry) =>
      entry.endsWith('.h') ? `include/${entry}` : undefined,
    )
    expect(count).toBe(1)
    expect(readFileSync(join(target, 'include/pkg/a.h'), 'utf8')).toBe('header')
    expect(readdirSync(target)).toEqual(['include'])
  })

  it('never leads out of its folder', async () => {
    const wheel = join(folder, 'a.whl')
    writeFileSync(wheel, zipFile({ '../evil': 'x' }))
    await expect(unpackWheel(wheel, join(folder, 'out'), (entry) => entry)).rejects.toThrow(
      'invalid relative path',
    )
  })
})
