/**
 * What a pass takes once everything is warm, ours and PyTorch's taking turns, by processor time of one thread: unlike seconds that
 * tells something on a busy machine too. `node scripts/node24.mjs bench/steady.ts [--python PROGRAM] [--batch 16] [NETWORK …]`
 */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { openCompute } from '../src/main/engine/backend/compute.ts'
import { tf } from '../src/main/engine/backend/tf.ts'
import { enter } from '../src/main/engine/environment.ts'
import { Model } from '../src/main/engine/model/network.ts'
import { Weights } from '../src/main/engine/model/weights.ts'
import { Optimizer } from '../src/main/engine/training/optimizer.ts'
import { formulaValues } from '../src/main/engine/weights/formula.ts'
import { withClasses } from '../src/shared/model/layers.ts'
import { resolvePlan } from '../src/shared/model/plan.ts'
import { networkOf } from '../src/shared/model/registry.ts'
import { tunables } from './contestants.ts'
import { zoo } from './zoo.ts'

interface Passes {
  /** Milliseconds of processor time a photo, the median of the passes. */
  milliseconds: number
  peakMiB: number
}

const seconds = 4
const passesAtLeast = 3
const works = ['forward', 'learn'] as const
type Work = (typeof works)[number]

/** Our side, in a process that does nothing else. */
async function measureOurs(name: string, work: Work, batch: number): Promise<Passes> {
  const network = work === 'learn' ? withClasses(networkOf(name), 2) : networkOf(name)
  const { kernels } = await openCompute(1, 'exact')
  const weights = new Weights(network)
  weights.specs.forEach((spec, salt) => weights.put(spec.name, formulaValues(spec, salt)))
  const model = new Model(network, weights, kernels)
  const rate = 1e-6
  const plan = resolvePlan(network, { '': { learningRate: rate } })
  const cut = model.cutOf(plan)
  const settings = { optimizer: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } as const
  const unused = { betas: [0.9, 0.999], alpha: 0.99, eps: 1e-8, decayAll: true } as const
  const optimizer = new Optimizer(
    { ...settings, ...unused, betas: [...unused.betas] },
    weights,
    kernels.momentumStep,
  )
  const x = tf.randomUniform([batch, network.size, network.size, 3], -2, 2)
  const forward = () => {
    const y = model.infer(x)
    y.dataSync()
    y.dispose()
  }
  const learn = () => {
    const gradients = new Map<string, tf.Tensor>()
    const lossGradient = (logits: Float32Array) => logits.map(() => 0.01)
    model.learn(x, { plan, cut, seed: 1, gradients, lossGradient })
    optimizer.step(gradients, () => rate, null)
    tf.dispose([...gradients.values()])
  }
  const pass = work === 'forward' ? forward : learn
  for (let warm = 0; warm < 3; warm += 1) pass()
  const times: number[] = []
  const began = performance.now()
  while (times.length < passesAtLeast || performance.now() - began < 1000 * seconds) {
    const before = process.cpuUsage()
    pass()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000 / batch)
  }
  const milliseconds = times.toSorted((a, b) => a - b)[times.length >> 1]!
  return { milliseconds, peakMiB: process.resourceUsage().maxRSS / 1024 }
}

const run = promisify(execFile)
const lastLine = (text: string): Passes => JSON.parse(text.trim().split('\n').at(-1)!) as Passes

async function main(): Promise<void> {
  enter(process.env)
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: { type: 'string', default: 'python3' },
      batch: { type: 'string', default: '16' },
      ours: { type: 'string' },
    },
  })
  const batch = Number(values.batch)
  if (values.ours) {
    const measured = await measureOurs(positionals[0]!, values.ours as Work, batch)
    console.log(JSON.stringify(measured))
    return
  }
  console.log(`batch ${batch}: ms a photo, ours, theirs, ratio; MiB at the peak, ours, theirs`)
  const peerScript = path.join(import.meta.dirname, 'steady_peer.py')
  for (const { network, peer } of zoo.filter(
    (it) => positionals.length === 0 || positionals.includes(it.network),
  ))
    for (const work of works) {
      const arguments_ = ['--disable-warning=ExperimentalWarning', import.meta.filename, '--ours', work]
      const ours = lastLine(
        (await run(process.execPath, [...arguments_, '--batch', String(batch), network])).stdout,
      )
      const env = { ...process.env, GLIBC_TUNABLES: tunables, OMP_NUM_THREADS: '1' }
      const theirs = lastLine(
        (await run(values.python, [peerScript, peer, work, String(batch)], { env })).stdout,
      )
      const ratio = theirs.milliseconds / ours.milliseconds
      const figures = [ours.milliseconds, theirs.milliseconds, ratio].map((it) => it.toFixed(2))
      console.log([network, work, ...figures, ours.peakMiB.toFixed(0), theirs.peakMiB.toFixed(0)].join(' | '))
    }
}

await main()
// TensorFlow's threads would keep the process.
process.exit(0)
