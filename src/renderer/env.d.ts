import type { Bridge } from '../shared/wire.ts'

declare global {
  interface Window {
    /** Set by preload, in Electron only. */
    thaw?: Bridge
  }
}
