/** `npm run thaw -- ARGS`: the command line in a checkout. */
import { enableCompileCache } from 'node:module'
import path from 'node:path'
import { ensureSetup } from './setup/ensure.ts'

// Compiled code and stripped types are kept between starts: a third of the time that classifying one photo takes.
const { directory } = enableCompileCache(path.join(import.meta.dirname, '..', '.cache', 'compile'))
// Worker threads look for it here.
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] = path.dirname(directory)
await ensureSetup({ needed: true })
const [command, ...options] = process.argv.slice(2)
// The page is built where it is missing or older than its sources.
if (command === 'serve' && !options.some((option) => ['--address', '--help', '-h'].includes(option)))
  await import('./build/build.ts').then(({ ensureBuilt }) => ensureBuilt({ desktop: false }))
// npm starts a script in the project's folder; the paths in ARGS are meant from where the person stands.
const { npm_lifecycle_event: script, INIT_CWD: standing } = process.env
if (script === 'thaw' && standing !== undefined) process.chdir(standing)
await import('../src/main/cli.ts')
