/**
 * `node scripts/node24.mjs bench/lookback.ts [RUN]`: what looking back costs, each in wall time and in time of the processor (the
 * machine may be shared). Without RUN: heads on 10,000 × 1280 features, the learning curve, and half a million events. With the folder
 * of a run whose features are kept: its head learnt again, cold in a new process, after `warmUp`, and once more. One JSON object a row.
 */
import { execFileSync } from 'node:child_process'
import { enter } from '../src/main/engine/environment.ts'
import { learningCurve } from '../src/main/engine/bank/learningCurve.ts'
import { Regression } from '../src/main/engine/bank/regression.ts'
import { retrainHead, warmUp } from '../src/main/engine/bank/runHeads.ts'
import { openCompute } from '../src/main/engine/backend/compute.ts'
import { currentFolders } from '../src/main/engine/store/paths.ts'
import { emptyRunView, foldEvents } from '../src/renderer/stores/runView.ts'
import { mix } from '../src/shared/random.ts'
import type { RunEvent } from '../src/shared/run.ts'

enter(process.env)

const row = (work: string, more: Record<string, number>) => console.log(JSON.stringify({ work, ...more }))

async function timed<T>(work: () => T | Promise<T>): Promise<[{ seconds: number; cpu: number }, T]> {
  const from = performance.now()
  const cpu = process.cpuUsage()
  const value = await work()
  const { user, system } = process.cpuUsage(cpu)
  return [{ seconds: (performance.now() - from) / 1000, cpu: (user + system) / 1e6 }, value]
}

/** Features as a network gives them: not negative, a few columns of each class larger by `apart`. */
function features(rows: number, columns: number, classes: number, apart: number) {
  const labels = Int32Array.from({ length: rows }, (_, i) => mix(i) % classes)
  const values = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns]
    const noise = (mix(at * 2 + 1) % 1000) / 1000
    return Math.max(0, noise - 0.4 + (j % classes === labels[i] ? apart : 0))
  })
  return { matrix: { values, rows, columns }, labels }
}

async function heads(): Promise<void> {
  await openCompute(null, 'exact')
  const counts = new Uint8Array(10_000).fill(1)
  const hard = features(10_000, 1280, 10, 0.05)
  const [hardly] = await timed(() => new Regression(hard.matrix, hard.labels, 10).solve({ counts }))
  row('head of 10 classes, 10,000 × 1280, cold, classes that can hardly be told apart', hardly)
  const { matrix, labels } = features(10_000, 1280, 10, 0.3)
  const regression = new Regression(matrix, labels, 10)
  const [cold, solution] = await timed(() => regression.solve({ counts }))
  row('head of 10 classes, 10,000 × 1280, cold', { ...cold, gradientNorm: solution.gradientNorm })
  const fewer = counts.slice()
  for (let i = 0; i < 20; i += 1) fewer[i * 7] = 0
  const [warm, again] = await timed(() => regression.solve({ counts: fewer, start: solution }))
  row('the same after 20 photos were left out, warm', { ...warm, gradientNorm: again.gradientNorm })
  const part = (from: number, to: number) => ({
    features: {
      values: matrix.values.subarray(from * 1280, to * 1280),
      ...{ rows: to - from, columns: 1280 },
    },
    labels: [...labels.subarray(from, to)],
  })
  const [curve] = await timed(() => learningCurve(part(0, 8000), part(8000, 10_000), 10, {}))
  row('learning curve, 8 shares × 5 seeds, 8,000 × 1280, 10 classes', curve)
}

/** In pieces as the wire brings them. */
async function events(): Promise<void> {
  const [perEpoch, total, piece] = [1000, 500_000, 2000]
  const eventAt = (i: number): RunEvent => ({
    ...{ type: 'batch', epoch: 1 + Math.floor(i / perEpoch), batch: 1 + (i % perEpoch), batches: perEpoch },
    ...{ loss: 1, accuracy: 0.5, batchLoss: 1 / (1 + i), photosPerSecond: 10, secondsLeft: 1 },
    ...{ learningRates: [1e-3, 1e-4], memoryMiB: 900, cores: 1.5 },
  })
  let view = emptyRunView
  let longest = 0
  const [time] = await timed(() => {
    for (let from = 0; from < total; from += piece) {
      const page = Array.from({ length: piece }, (_, i) => eventAt(from + i))
      const at = performance.now()
      view = foldEvents(view, page)
      longest = Math.max(longest, performance.now() - at)
    }
  })
  row('500,000 events folded, 2,000 at a time', { ...time, longestMs: longest, points: view.batches.length })
}

async function retraining(run: string, ready: boolean): Promise<void> {
  const folders = currentFolders()
  if (ready) row('made ready', (await timed(() => warmUp({ folders, run })))[0])
  const first = await timed(() => retrainHead({ folders, run }))
  row(ready ? 'head learnt again, first time after it was made ready' : 'head learnt again, first time', {
    ...first[0],
  })
  const made = first[1].told.run
  row('head learnt again, second time', (await timed(() => retrainHead({ folders, run, replaces: made })))[0])
}

const [run, ready] = process.argv.slice(2)
if (run === undefined) {
  await events()
  await heads()
} else if (ready === undefined) {
  for (const how of ['cold', 'ready'])
    process.stdout.write(execFileSync(process.execPath, [import.meta.filename, run, how]))
} else await retraining(run, ready === 'ready')
