/** `npm run build`: the page into out/renderer, Electron's main process and preload script into out/main. */
import { buildDesktop, buildRenderer } from './build/build.ts'

await buildRenderer()
await buildDesktop()
