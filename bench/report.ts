import path from 'node:path'
import { writeAtomic } from '../src/main/engine/files.ts'
import type { Side } from './contestants.ts'
import type { Measured } from './measure.ts'
import { medianOf } from './measure.ts'
import type { Results, RowResult } from './results.ts'
import { growthCounts, rows } from './rows.ts'
import type { Row, Target } from './rows.ts'

const file = path.join(import.meta.dirname, 'RESULTS.md')

const short = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)
const table = (head: string[], body: string[][]): string =>
  [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const medians = (result: RowResult): Map<Side, Measured> =>
  new Map(Object.entries(result.rounds).map(([side, rounds]) => [side as Side, medianOf(rounds)]))

function verdict(
  row: Row,
  target: Target,
  found: ReadonlyMap<Side, Measured>,
  amx: boolean,
): string[] | undefined {
  const [ours, peer] = [found.get('ours'), found.get(target.against)]
  if (!ours || !peer) return undefined
  const what = target.what ?? 'seconds'
  const allowed = target.allowedMiB ?? 0
  const ratio = (peer[what] + allowed) / ours[what]
  const missing = row.needsAmx && !amx
  const judged = ratio >= target.atLeast ? 'met' : '**missed**'
  return [
    row.work,
    `${target.against}${what === 'peakMiB' ? ', peak memory' : ''}${allowed > 0 ? ` and ${allowed} MiB` : ''}`,
    short(ratio),
    what === 'seconds' ? short(peer.cpuSeconds / ours.cpuSeconds) : '',
    `≥ ${target.atLeast}`,
    missing ? 'no AMX on this machine' : judged,
  ]
}

function growthText(results: Results): string {
  const found = growthCounts.flatMap((count) => {
    const result = results[`growth-${count}`]
    const ours = result && medians(result).get('ours')
    return ours ? [{ count, ...ours }] : []
  })
  const last = found.at(-1)
  const before = found.at(-2)
  if (!last || !before) return ''
  const marginal = ((last.seconds - before.seconds) / (last.count - before.count)) * 1000
  return `From ${before.count.toLocaleString('en')} to ${last.count.toLocaleString('en')} photos each photo more takes ${marginal.toFixed(2)} ms, and the peak moves from ${before.peakMiB.toFixed(0)} to ${last.peakMiB.toFixed(0)} MiB.`
}

function stepText(results: Results): string {
  const [native, wasm] = ['step-native', 'step-wasm'].map((name) => {
    const result = results[name]
    return result && medians(result).get('ours')
  })
  if (!native || !wasm) return ''
  const share = native.seconds / wasm.seconds
  return `WebAssembly trains VGG16 at ${share.toFixed(2)} of TensorFlow's speed (target ≥ 0.15: ${share >= 0.15 ? 'met' : '**missed**'}).`
}

/** RESULTS.md of all that was measured: all of it is made of this, and what is written by hand stands in BY-HAND.md. */
export function reportText(results: Results): string {
  const measured = rows.flatMap((row) => {
    const result = results[row.name]
    return result ? [{ row, result, found: medians(result) }] : []
  })
  const ratios = measured.flatMap(({ row, result, found }) =>
    row.targets.flatMap((target) => {
      const cells = verdict(row, target, found, result.machine.includes('amx_bf16'))
      return cells ? [cells] : []
    }),
  )
  const sides = measured.flatMap(({ row, result, found }) => [
    ...[...found].map(([side, it]) => {
      const rounds = result.rounds[side]!
      return [
        `${row.work}${row.note ? ` (${row.note})` : ''}`,
        side,
        short(it.seconds),
        short(it.cpuSeconds),
        it.peakMiB.toFixed(0),
        String(rounds.length),
        `${(it.others * 100).toFixed(0)}%`,
        result.day,
      ]
    }),
    ...Object.entries(result.failed ?? {}).map(([side, why]) => [
      row.work,
      side,
      why,
      '',
      '',
      '0',
      '',
      result.day,
    ]),
  ])
  const unique = (pick: (result: RowResult) => string) => [
    ...new Set(measured.map(({ result }) => pick(result))),
  ]
  return `# Benchmarks

Written by \`npm run bench\`, anew each time; what other scripts measured is written by hand in \`BY-HAND.md\`. The figures behind it are in
\`results.json\`. Ours against the script that people write in PyTorch
(\`torch_peer.py\`): *written* as it is, *fastest* with channels_last and a tuned malloc (*compiled*: by torch.compile too), all in float32. Each figure is of a
whole process from start to end, loading libraries and weights included; ours starts cold each time and also writes
checkpoint, receipt and weights. The sides take turns; of several rounds the median by seconds is shown. The peer's first
epoch only evaluates, so its two epochs are our \`--epochs 1\`.
\`bench/steady.ts\` compares warm passes alone, by the clock and by processor time; what it gave is in \`docs/decisions.md\`.

- Machine: ${unique((it) => it.machine).join('; ')}
- Versions: ${unique((it) => it.versions).join('; ')}

*Others* is the share of the processors that other programs took meanwhile: where it is above a tenth, seconds say little.
Processor time is disturbed much less, and the ratio of it stands beside.

## Ratios, peer ÷ ours

${table(['Work', 'Against', 'Ratio', 'of processor time', 'Target', ''], ratios)}

${[growthText(results), stepText(results)].filter(Boolean).join('\n\n')}

## Measured

${table(['Work', 'Side', 'Seconds', 'Processor seconds', 'Peak MiB', 'Rounds', 'Others', 'Day'], sides)}
`
}

export const writeReport = (results: Results): Promise<void> => writeAtomic(file, [reportText(results)])
