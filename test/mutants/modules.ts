/**
 * What `npm run test:mutants` changes, and which tests have to notice. A module's tests are those that are about it, so that a score
 * says how well they hold it: a fault that only some far-off suite meets is not held by them.
 */
export interface MutatedModule {
  /** Files, as globs from the checkout. */
  mutate: readonly string[]
  tests: readonly string[]
  /**
   * The mutants are met in processes or threads that the tests start. Which test meets which is then not known, and every mutant has to be tried
   * with all of them.
   */
  inChildren?: true
  /** It is quick enough for every change (`--quick`). */
  quick?: true
  /**
   * Seconds after which a test that waits for ever counts as failed, 10 unless told. Many mutants let something wait: the time each of them
   * takes is this one, and a test that is ended by itself spares a new process.
   */
  waits?: number
}

const unit = (folder: string): string => `test/main/${folder}/**/*.test.ts`

/** What only threads run. */
const threads = 'src/main/engine/preprocess/workers/{photoWorker,memory}.ts'

/** Held by a picture of all 16,777,216 colours: with Stryker's counters in it that takes hours. */
const hue = 'src/main/engine/preprocess/pillow/hsv.ts'

/** Of the store, what the library's own tests are about: its lists of runs, datasets and files. */
const ofLibrary = '{classifications,connections,datasets,runs,selections,settings,speeds,weightFiles}'

/** Of the host, what needs no engine to be tried, and the tests of it: seconds, where an engine's start takes as long as all of them. */
const withoutChildren = '{childClock,csp,heartbeat,log,private,resources,saving,uploads,jobs/pace}'
const testsWithoutChildren = '{answers,childClock,heartbeat,log,pace,private,resources,saving,uploads}'

export const mutatedModules = {
  rpc: { mutate: ['src/shared/rpc.ts'], tests: ['test/shared/rpc.test.ts', 'test/shared/rpcGuards.test.ts'] },
  wire: { mutate: ['src/shared/wire.ts'], tests: ['test/shared/wire.test.ts'] },
  schedule: { mutate: ['src/shared/schedule.ts'], tests: ['test/shared/schedule.test.ts'], quick: true },
  metrics: { mutate: ['src/shared/metrics.ts'], tests: ['test/shared/metrics.test.ts'], quick: true },
  random: { mutate: ['src/shared/random.ts'], tests: ['test/shared/random.test.ts'], quick: true },
  plan: { mutate: ['src/shared/model/plan.ts'], tests: ['test/shared/model/plan.test.ts'], quick: true },
  security: { mutate: ['src/main/security.ts'], tests: ['test/main/electron/window.test.ts'] },
  window: { mutate: ['src/main/window.ts'], tests: ['test/main/electron/window.test.ts'], quick: true },
  openedFiles: {
    mutate: ['src/main/openedFiles.ts'],
    tests: ['test/main/electron/desktop.test.ts'],
    quick: true,
  },
  pickle: {
    mutate: ['src/main/engine/weights/pickle*.ts'],
    tests: ['test/main/engine/weights/pickle.test.ts', 'test/main/engine/weights/p*.test.ts'],
  },
  preprocess: {
    mutate: ['src/main/engine/preprocess/**/*.ts', `!${threads}`, `!${hue}`],
    tests: [unit('engine/preprocess')],
  },
  threads: { mutate: [threads], tests: ['test/main/engine/preprocess/workers.test.ts'], inChildren: true },
  store: {
    mutate: ['src/main/engine/store/*.ts', `!src/main/engine/store/${ofLibrary}.ts`],
    tests: [unit('engine/store')],
  },
  lists: { mutate: [`src/main/engine/store/${ofLibrary}.ts`], tests: [unit('engine/library')] },
  training: { mutate: ['src/main/engine/training/*.ts'], tests: [unit('engine/training')] },
  host: {
    mutate: [`src/main/host/${withoutChildren}.ts`],
    tests: [`test/main/host/${testsWithoutChildren}.test.ts`],
  },
  // What they do is done in the process of the test; only engines, which are no part of them, have their own.
  children: {
    mutate: ['src/main/host/**/*.ts', `!src/main/host/${withoutChildren}.ts`],
    tests: [unit('host')],
  },
  serve: {
    mutate: ['src/main/serve/*.ts', 'src/main/serve.ts'],
    tests: ['test/main/serve/{api,gate,mcp,names,openBrowser,rateLimit,running,serve,sockets}.test.ts'],
  },
} satisfies Record<string, MutatedModule>
