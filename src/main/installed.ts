/**
 * The command line of the installed Thaw (scripts/package/commands.ts). What Node compiles is kept between starts in the person's cache
 * folder, as the app's engine keeps its own: the folder of the program may be read-only. A folder that cannot be written is passed over.
 */
import { enableCompileCache } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { dataFolders } from '../shared/folders.ts'
import { keepPrivate } from './host/private.ts'

const { home, cache } = dataFolders({ env: process.env, platform: process.platform, userHome: os.homedir() })
// Before the cache makes it for everyone to read.
keepPrivate(path.resolve(home))
const { directory } = enableCompileCache(path.join(path.resolve(cache), 'compiled'))
// Worker threads, and the engine's processes of serve mode, look for it here.
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= path.dirname(directory)
await import('./cli.ts')
