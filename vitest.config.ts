import { availableParallelism } from 'node:os'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { patience } from './test/support/patience.ts'

// One project a suite, so that each can be run alone (`npm run test:golden`). Node suites run in forked processes:
// the native addon and the worker threads of the engine do not share a process well with other test files.
const node = (name: string, include: string[], more: Record<string, unknown> = {}) => ({
  test: {
    name,
    environment: 'node',
    include,
    pool: 'forks' as const,
    setupFiles: ['test/support/entry.ts', 'test/support/appending.ts'],
    // A state is waited for as long as a busy machine needs for it; what has come about is seen at once.
    expect: { poll: { timeout: patience } },
    ...more,
  },
})

export default defineConfig({
  test: {
    // A test file is mostly one thread's work and much waiting for disks and processes. By itself vitest leaves a processor free, which
    // on a build machine of two makes it one file after the other.
    maxWorkers: availableParallelism(),
    projects: [
      // A timeout is there to end what hangs, not to measure: build machines are shared and may be slow.
      node('unit', ['test/{shared,main,scripts}/**/*.test.ts'], {
        testTimeout: 300_000,
        hookTimeout: 300_000,
      }),
      {
        plugins: [vue()],
        test: {
          name: 'web',
          environment: 'jsdom',
          include: ['test/renderer/**/*.test.ts'],
          testTimeout: 300_000,
        },
      },
      node('golden', ['test/golden/**/*.test.ts'], { testTimeout: 900_000, hookTimeout: 900_000 }),
      node('fuzz', ['test/golden/fuzz.test.ts'], {
        testTimeout: 7_200_000,
        hookTimeout: 900_000,
        env: { FUZZ_MUTANTS: '10000', ...process.env },
      }),
      node('engine', ['test/engine/**/*.test.ts'], { testTimeout: 900_000, hookTimeout: 900_000 }),
      node('e2e', ['test/e2e/**/*.test.ts'], {
        testTimeout: 900_000,
        hookTimeout: 900_000,
        fileParallelism: false,
      }),
      node('desktop', ['test/desktop/**/*.test.ts'], {
        testTimeout: 900_000,
        hookTimeout: 900_000,
        fileParallelism: false,
      }),
      node('soak', ['test/soak/**/*.test.ts'], { testTimeout: 7_200_000, fileParallelism: false }),
      node('kill', ['test/kill/**/*.test.ts'], { testTimeout: 3_600_000, fileParallelism: false }),
    ],
  },
})
