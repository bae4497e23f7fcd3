import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { patience } from '../support/patience.ts'
import { plantedFaults } from './planted.ts'

const root = join(import.meta.dirname, '../..')
const name = process.env['PLANTED']
const fault = plantedFaults.find((it) => it.name === name)
const tests = (process.env['PLANTED_TESTS'] ?? '').split(' ')

/** The tests of one planted fault, or without one, as scripts/planted.ts asks. The file on the disk stays as it is. */
export default defineConfig({
  plugins: [
    vue(),
    {
      name: 'plant',
      enforce: 'pre',
      transform: (code, id) => {
        if (!fault || id !== join(root, fault.file)) return undefined
        if (code !== readFileSync(id, 'utf8'))
          throw new Error(`${id} was changed before the fault was planted`)
        return { code: code.replace(fault.from, () => fault.to), map: null }
      },
    },
  ],
  test: {
    name: 'planted',
    environment: tests.every((test) => test.startsWith('test/renderer/')) ? 'jsdom' : 'node',
    include: tests,
    setupFiles: ['test/support/entry.ts', 'test/support/appending.ts'],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The first failure has noticed it.
    bail: name === undefined ? 0 : 1,
    expect: { poll: { timeout: patience } },
  },
})
