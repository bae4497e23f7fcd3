import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Bridge } from '../shared/wire.ts'
import { bridgeChannel } from '../shared/wire.ts'

/** Names this page, of all that the window loads one after the other. Its empty first one may be no secure context, and has no UUIDs. */
const session = crypto.getRandomValues(new Uint32Array(4)).join('-')

const bridge: Bridge = {
  send: (frame) => ipcRenderer.send(bridgeChannel, session, frame),
  onFrame: (listener) => {
    // The event itself, which leads to the sender, stays here. What was meant for the page before is not for this one.
    const handle = (_: unknown, to: unknown, frame: unknown) => {
      if (to === session) listener(frame)
    }
    ipcRenderer.on(bridgeChannel, handle)
    return () => ipcRenderer.off(bridgeChannel, handle)
  },
  pathForFile: (file) => webUtils.getPathForFile(file),
}

contextBridge.exposeInMainWorld('thaw', bridge)
