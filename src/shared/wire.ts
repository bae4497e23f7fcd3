/** All that a transport has to be. Frames are JSON values. */
export interface Wire {
  send: (frame: unknown) => void
  /** @returns a function that ends listening */
  onFrame: (listener: (frame: unknown) => void) => () => void
  /** Called once, when no frame will come or go any more; at once if that is so already. */
  onClose: (listener: () => void) => void
  close: () => void
}

/** What preload puts on `window.thaw`; nothing else is exposed. */
export interface Bridge {
  send: (frame: unknown) => void
  onFrame: (listener: (frame: unknown) => void) => () => void
  /** Path of a dropped or picked file on this machine's disk; '' for one that was only pasted. */
  pathForFile: (file: never) => string
}

/** The name of the one channel between window and main process. */
export const bridgeChannel = 'thaw:frame'

/** Listeners that can be told something, and told only once that it is over. */
export class WireListeners {
  private readonly frames = new Set<(frame: unknown) => void>()
  private readonly closes = new Set<() => void>()
  private closed = false

  readonly onFrame = (listener: (frame: unknown) => void): (() => void) => {
    this.frames.add(listener)
    return () => this.frames.delete(listener)
  }

  readonly onClose = (listener: () => void): void => {
    if (this.closed) listener()
    else this.closes.add(listener)
  }

  get isClosed(): boolean {
    return this.closed
  }

  frame(frame: unknown): void {
    if (!this.closed) for (const listener of [...this.frames]) listener(frame)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    for (const listener of this.closes) listener()
  }
}

/** The window's wire to the main process of Electron. It lives as long as the page. */
export function bridgeWire(bridge: Pick<Bridge, 'send' | 'onFrame'>): Wire {
  return {
    // As over a socket: what a page hands over may be Vue's proxies, which Electron cannot clone.
    send: (frame) => bridge.send(JSON.parse(JSON.stringify(frame)) as unknown),
    onFrame: (listener) => bridge.onFrame(listener),
    onClose: () => undefined,
    close: () => undefined,
  }
}

/** What a browser's WebSocket and the one of the package `ws` have in common. */
export interface SocketLike {
  readonly readyState: number
  send: (text: string) => void
  close: (code?: number) => void
  addEventListener: {
    (type: 'message', listener: (event: { data: unknown }) => void): void
    (type: 'close', listener: () => void): void
  }
}

const socketOpen = 1
/** WebSocket close codes (RFC 6455 §7.4.1). */
const unsupportedData = 1003
const invalidPayload = 1007

export interface SocketOptions {
  /** Milliseconds without a frame after which the other side is taken for gone: a broken line says nothing by itself. */
  silence?: number
}

/** A wire over an open WebSocket, on either side. What is not JSON ends the connection. */
export function socketWire(socket: SocketLike, { silence }: SocketOptions = {}): Wire {
  const listeners = new WireListeners()
  let heard = Date.now()
  const watching =
    silence === undefined
      ? undefined
      : setInterval(() => {
          if (Date.now() - heard < silence) return
          // Its closing would be waited for just as long.
          listeners.close()
          socket.close()
        }, silence / 4)
  listeners.onClose(() => clearInterval(watching))
  socket.addEventListener('message', ({ data }) => {
    heard = Date.now()
    if (typeof data !== 'string') {
      socket.close(unsupportedData)
      return
    }
    let frame: unknown
    try {
      frame = JSON.parse(data)
    } catch {
      socket.close(invalidPayload)
      return
    }
    listeners.frame(frame)
  })
  socket.addEventListener('close', () => listeners.close())
  if (socket.readyState > socketOpen) listeners.close()
  return {
    send: (frame) => {
      if (socket.readyState === socketOpen) socket.send(JSON.stringify(frame))
    },
    onFrame: listeners.onFrame,
    onClose: listeners.onClose,
    close: () => socket.close(),
  }
}

/** Two ends of a wire within one process. Frames are cloned and arrive later, as on every other wire. */
export function wirePair(): [Wire, Wire] {
  const ends = [new WireListeners(), new WireListeners()] as const
  const close = () => ends.forEach((end) => end.close())
  const wire = (own: WireListeners, other: WireListeners): Wire => ({
    send: (frame) => {
      if (own.isClosed) return
      const text = JSON.stringify(frame)
      queueMicrotask(() => other.frame(JSON.parse(text)))
    },
    onFrame: own.onFrame,
    onClose: own.onClose,
    close,
  })
  return [wire(ends[0], ends[1]), wire(ends[1], ends[0])]
}

/** What a child process and, within one, `process` have in common. */
export interface ProcessLike {
  readonly connected?: boolean
  send?: ((message: never, callback: (error: Error | null) => void) => boolean) | undefined
  disconnect?: (() => void) | undefined
  on: {
    (event: 'message', listener: (message: unknown) => void): unknown
    (event: 'disconnect', listener: () => void): unknown
  }
}

/** A wire over the channel between a process and its child, on either side. */
export function processWire(end: ProcessLike): Wire {
  const listeners = new WireListeners()
  end.on('message', (message) => listeners.frame(message))
  end.on('disconnect', () => listeners.close())
  // A channel that breaks while something is on its way is told of by `disconnect`.
  const ignore = () => undefined
  return {
    send: (frame) => {
      if (end.connected) end.send?.(frame as never, ignore)
    },
    onFrame: listeners.onFrame,
    onClose: listeners.onClose,
    close: () => {
      if (end.connected) end.disconnect?.()
    },
  }
}
