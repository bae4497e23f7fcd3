/** `npm run bench [-- --once --rows NAME,NAME --sides SIDE,SIDE]`: Thaw against PyTorch on this machine. Writes RESULTS.md. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { describeCpu } from '../src/main/engine/backend/cpu.ts'
import { doctor } from '../src/main/engine/doctor/doctor.ts'
import { enter } from '../src/main/engine/environment.ts'
import { version } from '../src/shared/version.ts'
import { ensureSetup } from '../scripts/setup/ensure.ts'
import { runSide } from './contestants.ts'
import type { Jobs, Material, Side } from './contestants.ts'
import type { Measured } from './measure.ts'
import { peerVersions, pythonWithTorch } from './python.ts'
import { writeReport } from './report.ts'
import { readResults, writeResults } from './results.ts'
import type { RowResult } from './results.ts'
import { rows, sidesOf } from './rows.ts'
import type { Row } from './rows.ts'

enter(process.env)

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    rows: { type: 'string' },
    sides: { type: 'string' },
  },
})
const chosen = options.rows?.split(',')
const chosenSides = options.sides?.split(',')
const unknown = chosen?.filter((name) => !rows.some((row) => row.name === name)) ?? []
const shared = path.join(import.meta.dirname, '..', '..', 'shared')

/** Several rows compare with the same job of the peer: each round of it is run once. */
const peerRounds = new Map<string, Measured>()

async function runOnce(side: Side, round: number, jobs: Jobs, material: Material): Promise<Measured> {
  const key = `${side} ${round} ${jobs.peer?.join(' ') ?? ''}`
  const measured =
    (side === 'ours' ? undefined : peerRounds.get(key)) ?? (await runSide(side, jobs, material))
  peerRounds.set(key, measured)
  return measured
}

/** One row, the sides taking turns, the first one changing from round to round. */
async function measureRow(
  row: Row,
  rounds: number,
  about: Pick<RowResult, 'machine' | 'versions'>,
  material: Material,
): Promise<RowResult> {
  const jobs = await row.prepare(material)
  const sides = sidesOf(row, jobs).filter((side) => chosenSides?.includes(side) ?? true)
  const result: RowResult = { day: new Date().toISOString().slice(0, 10), ...about, rounds: {} }
  for (let round = 0; round < rounds; round += 1)
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      try {
        const measured = await runOnce(side, round, jobs, material)
        ;(result.rounds[side] ??= []).push(measured)
        console.error(
          `${row.name} · ${side}: ${measured.seconds.toFixed(1)} s, ${measured.peakMiB.toFixed(0)} MiB`,
        )
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        result.failed = { ...result.failed, [side]: why }
        console.error(`${row.name} · ${side} failed: ${why}`)
      }
    }
  return result
}

async function main(): Promise<number> {
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(', ')}. Rows: ${rows.map((row) => row.name).join(', ')}`)
    return 2
  }
  if (!existsSync(shared)) {
    console.error(`The benchmark needs the recipe's photos and its PyTorch script in ${shared}.`)
    return 3
  }
  await ensureSetup()
  const folder = path.join(os.tmpdir(), 'thaw-bench')
  await mkdir(folder, { recursive: true })
  const python = await pythonWithTorch(folder)
  const { backendVersion } = await doctor()
  const { model, cores, features } = describeCpu()
  const about = {
    machine: `${model}, ${cores} cores (${features.join(', ')}), ${(os.totalmem() / 2 ** 30).toFixed(0)} GB, ${os.type()} ${os.release()}`,
    versions: `Thaw ${version}, Node ${process.versions.node}, TensorFlow ${backendVersion ?? 'missing'}; ${await peerVersions(python)}`,
  }
  const material: Material = {
    folder,
    python,
    photos: path.join(shared, 'data', 'hymenoptera'),
    peer: path.join(shared, 'bench', 'torch_peer.py'),
  }
  for (const row of rows.filter(({ name }) => chosen?.includes(name) ?? true)) {
    const result = await measureRow(row, options.once ? 1 : 3, about, material)
    const before = readResults()
    // Sides that were left out keep what was measured before.
    const rounds = { ...before[row.name]?.rounds, ...result.rounds }
    const results = { ...before, [row.name]: { ...result, rounds } }
    await writeResults(results)
    await writeReport(results)
  }
  return 0
}

// TensorFlow's threads would keep the process.
process.exit(await main())
