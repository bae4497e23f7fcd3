import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { largePages } from '../../src/main/host/largePages.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const launcher = path.resolve(import.meta.dirname, '../../scripts/node24.mjs')

/** A program under the launcher, started by a Node that has to start another one, and the process of the program itself. */
async function launched(source: string) {
  const script = folder.path('program.mjs')
  await writeFile(script, source)
  // Without the launcher's own flags, as npm starts it, it starts the program in a process of its own.
  const child = spawn(process.execPath, [launcher, script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>
  for await (const line of createInterface(child.stdout)) return { child, ended, pid: Number(line) }
  throw new Error('it said nothing')
}

const says = 'console.log(process.pid)\n'

// There are no signals on Windows.
describe.skipIf(process.platform === 'win32')('the launcher', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL', 'SIGABRT'] as const)(
    'ends as its program was ended, by %s, and not as if all were well',
    async (signal) => {
      const { ended, pid, child } = await launched(`${says}setInterval(() => {}, 1000)`)
      expect(pid).not.toBe(child.pid)
      process.kill(pid, signal)
      expect(await ended).toEqual([null, signal])
    },
  )

  it('hands a signal on, and ends with the code that its program answers it with', async () => {
    const { ended, child } = await launched(
      `process.on('SIGTERM', () => process.exit(7))\nsetInterval(() => {}, 1000)\n${says}`,
    )
    child.kill('SIGTERM')
    expect(await ended).toEqual([7, null])
  })

  it.each([
    ['', largePages.GLIBC_TUNABLES],
    ['glibc.malloc.arena_max=4', 'glibc.malloc.arena_max=4'],
  ])(
    'gives its program large pages, unless somebody has set something else (%s)',
    async (given, expected) => {
      const script = folder.path('tells.mjs')
      await writeFile(script, 'console.log(process.env.GLIBC_TUNABLES)')
      const env = { ...process.env }
      delete env['GLIBC_TUNABLES']
      const child = spawn(process.execPath, [launcher, script], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...env, ...(given && { GLIBC_TUNABLES: given }) },
      })
      const lines: string[] = []
      for await (const line of createInterface(child.stdout)) lines.push(line)
      expect(lines).toEqual([expected])
    },
  )

  it('ends the program in good order where it is itself killed', async () => {
    const { child, ended, pid } = await launched(
      `process.on('SIGTERM', () => process.exit(0))\nsetInterval(() => {}, 1000)\n${says}`,
    )
    child.kill('SIGKILL')
    await ended
    const isThere = () => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    await expect.poll(isThere, { timeout: 30_000 }).toBe(false)
  })

  it('does not begin the program where it is gone before the program could look', async () => {
    const script = folder.path('orphan.mjs')
    await writeFile(script, says)
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', launcher, script],
      // No process has this number: it stands for one that has ended.
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, THAW_LAUNCHER: '0' } },
    )
    let told = ''
    child.stdout!.on('data', (chunk: Buffer) => (told += chunk.toString()))
    expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
    expect(told).toBe('')
  })

  it('hands on a signal that comes while it starts its program', async () => {
    // The signal comes at the earliest moment at which the launcher has a child.
    const early = folder.path('early.mjs')
    const program = folder.path('early-program.mjs')
    await writeFile(program, 'setInterval(() => {}, 1000)')
    await writeFile(
      early,
      `import childProcess from 'node:child_process'
       import { syncBuiltinESMExports } from 'node:module'
       const { spawn } = childProcess
       childProcess.spawn = (...given) => {
         if (process.listenerCount('SIGTERM') === 0) console.log('nobody listens')
         const child = spawn(...given)
         process.kill(process.pid, 'SIGTERM')
         return child
       }
       syncBuiltinESMExports()`,
    )
    const child = spawn(process.execPath, ['--import', early, launcher, program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
    expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
    expect(told).toBe('')
  })
})
