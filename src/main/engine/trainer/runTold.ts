import type { WorkProgress } from '../../../shared/api/jobs.ts'
import type { RunEvent } from '../../../shared/run.ts'

/** What the list of jobs shows of a run: its batches over all epochs, and its best epoch so far. */
export class RunTold {
  private epochs = 0
  private detail: Record<string, string | number> = {}

  /** @param stop whether it ends with the epoch in hand */
  stopsAfterEpoch(stop: boolean): WorkProgress {
    this.detail = { ...this.detail, stops: Number(stop) }
    return { detail: this.detail }
  }

  after(event: RunEvent): WorkProgress {
    switch (event.type) {
      case 'started':
        this.epochs = event.epochs
        this.detail = { ...this.detail, run: event.run, epochs: event.epochs, epoch: event.epoch }
        return { detail: this.detail, again: { run: event.run } }
      case 'batch': {
        this.detail = { ...this.detail, epoch: event.epoch }
        const { batches } = event
        const done = (event.epoch - 1) * batches + event.batch
        const { secondsLeft } = event
        return { progress: { done, total: this.epochs * batches }, secondsLeft, detail: this.detail }
      }
      case 'epoch':
        if (event.best) this.detail = { ...this.detail, correct: event.val.correct, of: event.val.total }
        return { detail: this.detail }
      default:
        return {}
    }
  }
}
