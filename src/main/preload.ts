import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Bridge } from '../shared/wire.ts'
import { bridgeChannel } from '../shared/wire.ts'

const bridge: Bridge = {
  send: (frame) => ipcRenderer.send(bridgeChannel, frame),
  onFrame: (listener) => {
    // The event itself, which leads to the sender, stays here.
    const handle = (_: unknown, frame: unknown) => listener(frame)
    ipcRenderer.on(bridgeChannel, handle)
    return () => ipcRenderer.off(bridgeChannel, handle)
  },
  pathForFile: (file) => webUtils.getPathForFile(file),
}

contextBridge.exposeInMainWorld('thaw', bridge)
