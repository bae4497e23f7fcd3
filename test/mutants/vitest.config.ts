import { defineConfig } from 'vitest/config'

const waits = Number(process.env['MUTANTS_WAITS']) * 1000

/** The tests of one module, as scripts/mutants.ts names them. */
export default defineConfig({
  test: {
    name: 'mutants',
    environment: 'node',
    include: (process.env['MUTANTS_TESTS'] ?? '').split(' '),
    setupFiles: ['test/mutants/activeMutant.ts', 'test/support/entry.ts'],
    testTimeout: waits,
    hookTimeout: 60_000,
    expect: { poll: { timeout: waits } },
  },
})
