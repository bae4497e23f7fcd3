import { defineConfig } from 'vitest/config'

/** The tests of one module, as scripts/mutants.ts names them. */
export default defineConfig({
  test: {
    name: 'mutants',
    environment: 'node',
    include: (process.env['MUTANTS_TESTS'] ?? '').split(' '),
    setupFiles: ['test/mutants/activeMutant.ts', 'test/support/entry.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
