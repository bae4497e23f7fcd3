import { Presets, SingleBar } from 'cli-progress'

/** The one line of progress on a terminal; elsewhere there is none. It is on standard error. */
class Bar {
  private shown: SingleBar | undefined

  /** @param text what stands behind the bar */
  show(done: number, total: number, text: string): void {
    if (!process.stderr.isTTY) return
    if (!this.shown) {
      this.shown = new SingleBar(
        {
          stream: process.stderr,
          format: '{bar} {percentage}% {text}',
          barsize: 24,
          clearOnComplete: true,
          hideCursor: false,
          gracefulExit: false,
        },
        Presets.shades_grey,
      )
      this.shown.start(total, done, { text })
    }
    this.shown.setTotal(total)
    this.shown.update(done, { text })
  }

  /** Makes room for other words; the next `show` draws it again. */
  hide(): void {
    this.shown?.stop()
    this.shown = undefined
  }
}

export const bar = new Bar()
// It turns the wrapping of lines off while it is shown.
process.on('exit', () => bar.hide())
