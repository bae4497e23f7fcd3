import type { RunEvent } from '../../../shared/run.ts'

/** Seconds of silence that mean nothing: idle; while weights are read and the first batches are measured. */
export const idleSilence = 60
export const unmeasuredSilence = 3600

/** An op blocks this process for as long as a batch takes. Only after ten times that is something wrong. */
const batches = 10

/** How long the trainer may be silent, from what its events tell about a batch. */
export class AllowedSilence {
  /** Batches of an epoch; a forecast follows some of them. */
  private perEpoch = 1
  seconds = unmeasuredSilence

  /** @returns whether it has become another one */
  learn(event: RunEvent): boolean {
    const before = this.seconds
    // Of the epoch, and of the run that goes on: what `started` calls batch is a place.
    if (event.type === 'batch') this.perEpoch = event.batches
    if (event.type === 'forecast')
      this.seconds = Math.max(idleSilence, (batches * event.forecast.secondsFirstEpoch) / this.perEpoch)
    return this.seconds !== before
  }
}
