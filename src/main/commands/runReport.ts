import type { Score } from '../../shared/metrics.ts'
import type { RunEvent, RunEventOf } from '../../shared/run.ts'
import { bar } from './bar.ts'
import { interruptCode } from './interrupt.ts'
import { line, print, say } from './output.ts'
import { told, words } from './words.ts'

/** “1:05” or “2:01:05”. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}

function scoreText({ correct, total, accuracy, interval, loss }: Score): string {
  const [low, high] = interval.map((it) => it.toFixed(3)) as [string, string]
  return words('score', { correct, total, accuracy: accuracy.toFixed(3), low, high, loss: loss.toFixed(4) })
}

function tellPlan({ groups, learns, total }: RunEventOf<'plan'>): void {
  say(words('parameters', { total: total.toLocaleString('en'), learns: learns.toLocaleString('en') }))
  for (const { name, learningRate, count } of groups)
    say(words('group', { name, rate: learningRate, count: count.toLocaleString('en') }))
}

/** Tells people on a terminal how a run goes. */
function tell(event: RunEvent, epochs: number): void {
  switch (event.type) {
    case 'plan':
      tellPlan(event)
      break
    case 'started': {
      const { device, gpu, threads } = event.environment
      const how = gpu === null ? words('threads', { count: threads }) : words('mode', { mode: gpu })
      say(words('started', { train: event.train, val: event.val, device, how }))
      say(
        event.epoch === 0 ? words('evaluating') : words('goesOn', { epoch: event.epoch, batch: event.batch }),
      )
      break
    }
    case 'batch': {
      const { epoch, batch, batches, loss, photosPerSecond, secondsLeft } = event
      const [speed, left] = [photosPerSecond.toFixed(1), clock(secondsLeft)]
      bar.show(batch, batches, words('batch', { epoch, epochs, loss: loss.toFixed(4), speed, left }))
      break
    }
    case 'epoch':
      say(
        event.epoch === 0
          ? words('before', { score: scoreText(event.val) })
          : words('epoch', { epoch: event.epoch, score: scoreText(event.val) }),
      )
      break
    case 'paused':
      say(words('paused', { epoch: event.epoch, batch: event.batch }))
      break
    case 'resumed':
      say(words('goesOn', { epoch: event.epoch, batch: event.batch }))
      break
    case 'warning':
      say(told(event))
      break
    case 'stopped':
      say(event.reason === 'asked' ? words('stopped') : words('stoppedEarly'))
      break
    case 'finished':
      print(words('best', { epoch: event.best.epoch, score: scoreText(event.best) }))
      print(words('saved', { folder: event.folder }))
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
