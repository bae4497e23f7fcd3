/**
 * `npm run dev`: the page by Vite, which reloads it on every change, on top of serve mode with the real engine. Only for
 * development: whoever reaches this port on this machine needs no key.
 */
import { createServer } from 'vite'
import type { ProxyOptions } from 'vite'
import { untilInterrupted } from '../src/main/commands/interrupt.ts'
import { startServe } from '../src/main/serve.ts'
import { rendererConfig } from './build/targets.ts'
import { enterServing } from './serving.ts'
import { ensureSetup } from './setup/ensure.ts'

await ensureSetup()
const serving = await startServe({ port: 0 })
const { origin: target, headers } = await enterServing(serving)

/** Hands requests on as if they came from serve mode's own page. */
const proxy: ProxyOptions = { target, changeOrigin: true, ws: true, headers }

const vite = await createServer({
  ...rendererConfig(),
  logLevel: 'info',
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/rpc': proxy, '/thumb': proxy, '/download': proxy, '/upload': proxy },
  },
})
await vite.listen()
vite.printUrls()

// Vite would end this process by itself, while the engine still writes its checkpoint.
process.removeAllListeners('SIGTERM')
await untilInterrupted()
await Promise.all([vite.close(), serving.close()])
process.exit(0)
