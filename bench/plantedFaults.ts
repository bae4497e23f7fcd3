/**
 * `node scripts/node24.mjs bench/plantedFaults.ts PHOTOS [SEEDS] [FIRST]`: how many of the faults that are planted in a copy of PHOTOS
 * (`train/`, `val/`, two classes `ants` and `bees`) a check finds, for each of so many seeds (default 10): those that it promises to
 * find, and copies in further forms. One JSON object a seed, and one of the means.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Finding } from '../src/shared/findings.ts'
import { objects, thaw } from '../test/support/commandLine.ts'
import { plantFaults, plantForms } from '../test/support/plantedFaults.ts'

const [photos = '', seeds = '10', first = '100'] = process.argv.slice(2)
const home = await mkdtemp(path.join(os.tmpdir(), 'thaw-planted-'))
const perForm = 10
const shown = 25
const sums: Record<string, number> = {}

async function one(seed: number): Promise<Record<string, number>> {
  const folder = path.join(home, `photos-${seed}`)
  const { planted, left } = await plantFaults(photos, folder, seed)
  const forms = await plantForms(folder, left, perForm)
  const result = await thaw(['check', folder, '--json'], { env: { THAW_HOME: path.join(home, 'home') } })
  const found = objects<Finding>(result)
  await rm(folder, { recursive: true })
  const sets = (...kinds: string[]) =>
    found
      .filter(({ finding }) => kinds.includes(finding))
      .map((it) => new Set(it.photos.map((photo) => path.relative(folder, photo))))
  const [copies, leaks] = [sets('duplicate', 'near-duplicate'), sets('leak')]
  const held = (groups: Set<string>[], pairs: readonly [string, string][]) =>
    pairs.filter((pair) => groups.some((group) => pair.every((it) => group.has(it)))).length
  const known = [...planted.copies, ...planted.leaks, ...planted.turned, ...Object.values(forms).flat()]
  const alarms = (groups: Set<string>[], pairs: readonly [string, string][]) =>
    groups.filter((group) => !pairs.some((pair) => pair.every((it) => group.has(it)))).length
  const broken = new Set(sets('unreadable', 'truncated').flatMap((group) => [...group]))
  const doubted = sets('likely-mislabel').slice(0, shown)
  return {
    copies: held(copies, planted.copies),
    leaks: held(leaks, planted.leaks),
    turned: held(copies, planted.turned),
    corrupt: planted.corrupt.filter((photo) => broken.has(photo)).length,
    falseAlarms:
      alarms(copies, known) +
      alarms(leaks, planted.leaks) +
      [...broken].filter((photo) => !planted.corrupt.includes(photo)).length,
    swappedInFirst25: planted.swapped.filter((photo) => doubted.some((it) => it.has(photo))).length,
    ...Object.fromEntries(Object.entries(forms).map(([name, pairs]) => [name, held(copies, pairs)])),
  }
}

try {
  for (let i = 0; i < Number(seeds); i += 1) {
    const row = await one(Number(first) + i)
    for (const [key, value] of Object.entries(row)) sums[key] = (sums[key] ?? 0) + value
    console.log(JSON.stringify({ seed: Number(first) + i, ...row }))
  }
  const means = Object.entries(sums).map(([key, sum]) => [key, Number((sum / Number(seeds)).toFixed(2))])
  console.log(JSON.stringify({ seeds: Number(seeds), means: Object.fromEntries(means) }))
} finally {
  await rm(home, { recursive: true, force: true })
}
