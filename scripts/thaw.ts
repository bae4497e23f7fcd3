/** `npm run thaw -- ARGS`: the command line in a checkout. */
import { ensureSetup } from './setup/ensure.ts'

await ensureSetup()
await import('../src/main/cli.ts')
