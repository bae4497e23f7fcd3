/**
 * What a pass takes once everything is warm, ours and PyTorch's one after the other. Where other programs want the machine, look at
 * processor time with one thread instead of at the clock.
 * `node scripts/node24.mjs bench/steady.ts [--python PROGRAM] [--batch 32] [--threads 2] [--work learn] [--compile] [NETWORK …]`
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
import { largePages } from '../src/main/host/largePages.ts'
import { formulaValues } from '../src/main/engine/weights/formula.ts'
import { withClasses } from '../src/shared/model/layers.ts'
import { resolvePlan } from '../src/shared/model/plan.ts'
import { networkOf } from '../src/shared/model/registry.ts'
import { tunables } from './contestants.ts'
import { zoo } from './zoo.ts'

interface Passes {
  /** Milliseconds a photo by the clock, and of processor time; medians of the passes. */
  wall: number
  processor: number
  peakMiB: number
}

const seconds = 3
const passesAtLeast = 3
const works = ['forward', 'learn'] as const
type Work = (typeof works)[number]

/** Our side, in a process that does nothing else. */
async function measureOurs(name: string, work: Work, batch: number, threads: number): Promise<Passes> {
  const network = work === 'learn' ? withClasses(networkOf(name), 2) : networkOf(name)
  const { kernels } = await openCompute(threads, 'exact')
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
    kernels.momentumSteps,
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
  const walls: number[] = []
  const processors: number[] = []
  const began = performance.now()
  while (walls.length < passesAtLeast || performance.now() - began < 1000 * seconds) {
    const at = performance.now()
    const before = process.cpuUsage()
    pass()
    const { user, system } = process.cpuUsage(before)
    walls.push((performance.now() - at) / batch)
    processors.push((user + system) / 1000 / batch)
  }
  const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1]!
  return {
    wall: median(walls),
    processor: median(processors),
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }
}

const run = promisify(execFile)
const lastLine = (text: string): Passes => JSON.parse(text.trim().split('\n').at(-1)!) as Passes

async function main(): Promise<void> {
  enter(process.env)
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: { type: 'string', default: 'python3' },
      batch: { type: 'string', default: '32' },
      threads: { type: 'string', default: '2' },
      work: { type: 'string' },
      compile: { type: 'boolean', default: false },
      ours: { type: 'boolean', default: false },
    },
  })
  const { batch, threads, compile } = values
  if (values.ours) {
    const measured = await measureOurs(positionals[0]!, values.work as Work, Number(batch), Number(threads))
    console.log(JSON.stringify(measured))
    return
  }
  console.log(
    `batch ${batch}, ${threads} threads: ours / theirs = ratio, ms a photo by the clock (of the processor); MiB`,
  )
  const peerScript = path.join(import.meta.dirname, 'steady_peer.py')
  const env = { ...process.env, GLIBC_TUNABLES: tunables, OMP_NUM_THREADS: threads }
  for (const { network, peer } of zoo.filter(
    (it) => positionals.length === 0 || positionals.includes(it.network),
  ))
    for (const work of works.filter((it) => (values.work ?? it) === it)) {
      const own = ['--disable-warning=ExperimentalWarning', import.meta.filename, '--ours', '--work', work]
      const how = ['--batch', batch, '--threads', threads]
      const asInTheApp = { env: { ...largePages, ...process.env } }
      const ours = lastLine((await run(process.execPath, [...own, ...how, network], asInTheApp)).stdout)
      const peerArguments = [peerScript, peer, work, batch, threads, ...(compile ? ['compile'] : [])]
      const theirs = lastLine((await run(values.python, peerArguments, { env })).stdout)
      const compared = (part: 'wall' | 'processor') =>
        `${ours[part].toFixed(1)} / ${theirs[part].toFixed(1)} = ${(theirs[part] / ours[part]).toFixed(2)}`
      const memory = `${ours.peakMiB.toFixed(0)} / ${theirs.peakMiB.toFixed(0)} MiB`
      console.log(`${network} ${work} | ${compared('wall')} (${compared('processor')}) | ${memory}`)
    }
}

await main()
// TensorFlow's threads would keep the process.
process.exit(0)
