import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { probeAddon } from '../../../../src/main/engine/backend/probe.ts'

/** Node loads any script by `require`, so stand-ins for the addon are JavaScript. */
let folder: string
let addon: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thaw-probe-'))
  addon = join(folder, 'addon.cjs')
  vi.stubEnv('THAW_CACHE', '')
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const answering = (value: number) => `
  require('node:fs').appendFileSync(__dirname + '/loads', 'x')
  module.exports = {
    createTensor: () => 1,
    executeOp: () => [{ id: 2 }],
    tensorDataSync: () => [${value}],
  }`
const loads = () => readFileSync(join(folder, 'loads'), 'utf8').length

describe('an addon on trial', () => {
  it('is tried once as long as it stays the same', async () => {
    writeFileSync(addon, answering(64))
    await probeAddon(addon)
    await probeAddon(addon)
    expect(loads()).toBe(1)
    writeFileSync(addon, answering(64) + '// another build')
    await probeAddon(addon)
    expect(loads()).toBe(2)
  })

  it('is refused if it computes wrongly', async () => {
    writeFileSync(addon, answering(63))
    await expect(probeAddon(addon)).rejects.toThrow('multiplies wrongly')
  })

  it('is refused, now and later, if it ends the process', async () => {
    writeFileSync(
      addon,
      `require('node:fs').appendFileSync(__dirname + '/loads', 'x'); process.kill(process.pid, 'SIGILL')`,
    )
    await expect(probeAddon(addon)).rejects.toThrow('does not run on this processor (it ended by SIGILL)')
    await expect(probeAddon(addon)).rejects.toThrow('SIGILL')
    expect(loads()).toBe(1)
  })

  it('is refused with the reason if it cannot be loaded', async () => {
    writeFileSync(addon, `throw new Error('libtensorflow.so.2: cannot open shared object file')`)
    await expect(probeAddon(addon)).rejects.toThrow('libtensorflow.so.2: cannot open')
  })

  it('keeps the verdict in THAW_CACHE where that is set', async () => {
    const cache = join(folder, 'cache')
    vi.stubEnv('THAW_CACHE', cache)
    writeFileSync(addon, answering(64))
    await probeAddon(addon)
    expect(JSON.parse(readFileSync(join(cache, 'probe.json'), 'utf8'))).toHaveProperty('key')
  })
})
