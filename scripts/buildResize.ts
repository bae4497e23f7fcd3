/** `npm run build:resize`: puts resize.wat together as resize.wasm, which lies in the project beside it. */
import { writeFileSync } from 'node:fs'
import { assembleResize, resizeModule } from './build/resizeModule.ts'

writeFileSync(resizeModule, await assembleResize())
