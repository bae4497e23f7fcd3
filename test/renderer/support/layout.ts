import { vi } from 'vitest'

/** Pixels of every element. */
const size = { width: 800, height: 600 }

/** jsdom lays nothing out: with this every element is as large as a window, so that lists that draw only what is in view do. */
export function layOut(): void {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      private readonly told: ResizeObserverCallback
      constructor(told: ResizeObserverCallback) {
        this.told = told
      }
      observe(target: Element): void {
        const entry = { target, contentRect: { ...size } } as unknown as ResizeObserverEntry
        this.told([entry], this)
      }
      unobserve(): void {
        // Nothing changes its size here.
      }
      disconnect(): void {
        // As above.
      }
    },
  )
  Object.defineProperties(Element.prototype, {
    clientWidth: { configurable: true, get: () => size.width },
    clientHeight: { configurable: true, get: () => size.height },
  })
  Element.prototype.scrollTo = () => undefined
  Element.prototype.scrollIntoView = () => undefined
}
