/** `npm run setup`: brings what does not come with npm. Tries again at once what failed before. */
import { ensureSetup } from './setup/ensure.ts'

await ensureSetup({ retry: true })
