import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tryApart } from '../../../../src/main/engine/backend/trialProcess.ts'
import { isAlive } from '../../../../src/main/engine/processes.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { checkoutRoot } from '../../../../src/main/host/engineFiles.ts'

const folder = temporaryFolder()
const source = pathToFileURL(path.join(checkoutRoot(), 'src/main/engine/backend/trialProcess.ts')).href

test('What is tried ends with the process that waits for it', async () => {
  const file = folder.path('pid')
  const trial = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`
  const waiting = `
    import { existsSync } from 'node:fs'
    import { tryApart } from ${JSON.stringify(source)}
    void tryApart(['--eval', ${JSON.stringify(trial)}], 60_000).catch(() => {})
    setInterval(() => existsSync(${JSON.stringify(file)}) && process.exit(0), 20)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', waiting], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([0, null])
  const pid = Number(readFileSync(file, 'utf8'))
  await expect.poll(() => isAlive(pid)).toBe(false)
})

test('What is tried keeps nothing of what it compiled', async () => {
  const kept = folder.path('compiled')
  const before = process.env['NODE_COMPILE_CACHE']
  process.env['NODE_COMPILE_CACHE'] = kept
  try {
    await tryApart(['--eval', '0'], 60_000)
  } finally {
    if (before === undefined) delete process.env['NODE_COMPILE_CACHE']
    else process.env['NODE_COMPILE_CACHE'] = before
  }
  expect(existsSync(kept)).toBe(false)
})

test('How it ended, and what it said, is told', async () => {
  const failing = tryApart(['--eval', "console.error('no'); process.kill(process.pid, 'SIGILL')"], 60_000)
  await expect(failing).rejects.toMatchObject({ signal: 'SIGILL', stderr: 'no\n' })
})
