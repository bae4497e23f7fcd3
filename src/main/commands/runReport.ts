import type { Score } from '../../shared/metrics.ts'
import type { RunEvent, RunEventOf } from '../../shared/run.ts'
import { bar } from './bar.ts'
import { interruptCode } from './interrupt.ts'
import { line, print, say } from './output.ts'

/** “1:05” or “2:01:05”. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}

function scoreText({ correct, total, accuracy, interval, loss }: Score): string {
  const [low, high] = interval.map((it) => it.toFixed(3))
  return `${correct} of ${total} right, ${accuracy.toFixed(3)} (95%: ${low}–${high}), loss ${loss.toFixed(4)}`
}

function tellPlan({ groups, learns, total }: RunEventOf<'plan'>): void {
  say(`Of ${total.toLocaleString('en')} parameters ${learns.toLocaleString('en')} learn:`)
  for (const { name, learningRate, count } of groups)
    say(`  ${name}: learning rate ${learningRate}, ${count.toLocaleString('en')} parameters`)
}

/** Tells people on a terminal how a run goes. */
function tell(event: RunEvent, epochs: number): void {
  switch (event.type) {
    case 'plan':
      tellPlan(event)
      break
    case 'started': {
      const { device, gpu, threads } = event.environment
      const how = gpu === null ? `${threads} threads` : `the mode “${gpu}”`
      say(`${event.train} photos to train with, ${event.val} to validate, on ${device} with ${how}.`)
      say(
        event.epoch === 0
          ? 'Evaluating before training …'
          : `It goes on in epoch ${event.epoch} after batch ${event.batch}.`,
      )
      break
    }
    case 'batch': {
      const { epoch, batch, batches, loss, photosPerSecond, secondsLeft } = event
      const speed = `${photosPerSecond.toFixed(1)} photos/s, ${clock(secondsLeft)} left`
      bar.show(batch, batches, `of epoch ${epoch} of ${epochs}, loss ${loss.toFixed(4)}, ${speed}`)
      break
    }
    case 'epoch':
      say(
        event.epoch === 0
          ? `Before training: ${scoreText(event.val)}`
          : `Epoch ${event.epoch}: ${scoreText(event.val)}`,
      )
      break
    case 'warning':
      say(event.message)
      break
    case 'stopped':
      say(
        event.reason === 'asked'
          ? 'Stopped. A checkpoint was written; “thaw resume” goes on from there.'
          : 'Stopped early: it did not become better any more.',
      )
      break
    case 'finished':
      print(`Best was epoch ${event.best.epoch}: ${scoreText(event.best)}.`)
      print(`Saved in ${event.folder}`)
      break
    default:
  }
}

/** Follows a run to its end, in words or as JSON. */
export async function follow(events: AsyncIterable<RunEvent>, json: boolean): Promise<void> {
  let epochs = 0
  for await (const event of events) {
    if (event.type === 'started') epochs = event.epochs
    if (json) line(event)
    else tell(event, epochs)
    if (event.type === 'stopped' && event.reason === 'asked') process.exitCode = interruptCode() ?? 1
  }
}
