import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compareWeights } from '../../src/main/engine/weights/difference.ts'
import { writeFormulaWeights } from '../../src/main/engine/weights/formula.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import { nearestNetwork } from '../../src/main/engine/weights/nearest.ts'
import { writePth } from '../../src/main/engine/weights/pth-writer.ts'
import { writeSafetensors } from '../../src/main/engine/weights/safetensors-writer.ts'
import { ThawError } from '../../src/shared/errors.ts'
import { mix } from '../../src/shared/random.ts'
import { describeGolden, goldenFolder } from '../support/golden.ts'

/** `npm run test:fuzz` makes 10,000; every test run a small share of them. FUZZ_SEED begins elsewhere. */
const mutants = Number(process.env['FUZZ_MUTANTS'] ?? 500)
const seed = Number(process.env['FUZZ_SEED'] ?? 1)

const golden = path.join(goldenFolder, 'weight-files')
/** What reading any file may take beyond the file's size. */
const allowance = 64 * 2 ** 20
/** Milliseconds in which any file is read or refused. */
const longest = 1000

interface Random {
  uniform: () => number
}

/** Draws of one mutant, the same each time. */
function drawsOf(n: number): Random {
  let at = 0
  return { uniform: () => mix(mix(seed) + Math.imul(n, 0x9e3779b9) + (at += 1)) / 2 ** 32 }
}

const whole = (random: Random, below: number): number => Math.floor(random.uniform() * below)

/** Ways to spoil a file, as disks, cut connections and people with bad intentions do it. */
const spoil: ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => bytes.subarray(0, whole(random, bytes.length)),
  (bytes, random) => {
    for (let n = 1 + whole(random, 8); n > 0; n -= 1)
      bytes[whole(random, bytes.length)]! ^= 1 << whole(random, 8)
    return bytes
  },
  // What tells sizes and names stands at the beginning or at the end.
  (bytes, random) => {
    const at = whole(random, Math.min(bytes.length, 400))
    bytes[random.uniform() < 0.5 ? at : bytes.length - 1 - at] = whole(random, 256)
    return bytes
  },
  (bytes, random) => bytes.fill(whole(random, 2) * 255, whole(random, bytes.length), bytes.length),
  (bytes, random) => {
    const [from, to] = [whole(random, bytes.length), whole(random, bytes.length)]
    bytes.copy(bytes, to, from, from + whole(random, 4096))
    return bytes
  },
  (bytes, random) => {
    const at = whole(random, bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(whole(random, bytes.length))])
  },
  // A digit of a header becomes another one: sizes and offsets that do not fit.
  (bytes, random) => {
    const digits = [...bytes.subarray(0, 2000).entries()].filter(([, it]) => it >= 0x30 && it <= 0x39)
    const [at] = digits[whole(random, digits.length)] ?? [0]
    bytes[at] = 0x30 + whole(random, 10)
    return bytes
  },
]

let folder: string
let originals: { name: string; bytes: Buffer }[]

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'thaw-fuzz-'))
  if (!existsSync(golden)) return
  const own = path.join(folder, 'own.pth')
  await writeFormulaWeights('tiny-vgg', own)
  const weights = await openWeights(own)
  const tensors = weights.tensors.map(({ name, shape }) => ({
    name,
    shape,
    dtype: 'float32' as const,
    values: () => weights.read(name),
  }))
  const handedOn = path.join(folder, 'own.safetensors')
  await writeSafetensors(handedOn, tensors, { format: 'pt', architecture: 'tiny-vgg', classes: '["a","b"]' })
  await writePth(path.join(folder, 'again.pth'), tensors)
  await weights.close()
  const files = [
    ...readdirSync(golden)
      .filter((name) => name !== 'cases.json')
      .map((name) => path.join(golden, name)),
    ...['own.pth', 'own.safetensors', 'again.pth'].map((name) => path.join(folder, name)),
  ]
  originals = files
    .map((file) => ({ name: path.basename(file), bytes: readFileSync(file) }))
    .filter(({ bytes }) => bytes.length > 0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** All that is done with a file that a person adds. @throws ThawError, or the test fails */
async function readThrough(file: string): Promise<void> {
  const weights = await openWeights(file)
  try {
    nearestNetwork(weights)
    for (const { name, shape } of weights.tensors) {
      const values = await weights.read(name)
      expect(values.length).toBe(shape.reduce((a, b) => a * b, 1))
    }
    const same = await compareWeights(weights, weights)
    expect(same.onlyA).toEqual([])
  } finally {
    await weights.close()
  }
}

/**
 * What becomes of a file, and how many milliseconds that takes: of this process, where others hold it up. What waits for nothing at all
 * is ended by the test's own time.
 */
async function outcomeOf(file: string, what: string): Promise<{ is: 'read' | 'refused'; took: number }> {
  const [started, used] = [performance.now(), process.cpuUsage()]
  const is = await readThrough(file).then(
    () => 'read' as const,
    (error: unknown) => {
      if (!(error instanceof ThawError)) throw new Error(what, { cause: error })
      expect(error.code, what).toMatch(/^(weights\.|not-found)/)
      return 'refused' as const
    },
  )
  const { user, system } = process.cpuUsage(used)
  return { is, took: Math.min(performance.now() - started, (user + system) / 1000) }
}

describeGolden('spoiled weight files', () => {
  it(`are read or refused with a reason, at once and within their size: ${mutants} of them`, async () => {
    const file = path.join(folder, 'mutant')
    const told = { read: 0, refused: 0 }
    for (let n = 0; n < mutants; n += 1) {
      const random = drawsOf(n)
      const { name, bytes } = originals[whole(random, originals.length)]!
      const way = whole(random, spoil.length)
      const mutant = spoil[way]!(Buffer.from(bytes), random)
      writeFileSync(file, mutant)
      const what = `mutant ${n} of seed ${seed}: ${name}, way ${way}`
      const before = process.resourceUsage().maxRSS * 1024
      const first = await outcomeOf(file, what)
      told[first.is] += 1
      // A machine that others use may hold us up once: what hangs, hangs again.
      const took = first.took < longest ? first.took : (await outcomeOf(file, what)).took
      expect(took, what).toBeLessThan(longest)
      // The first ones bring the code itself into memory.
      if (n >= 20)
        expect(process.resourceUsage().maxRSS * 1024 - before, what).toBeLessThan(mutant.length + allowance)
    }
    expect(told.read).toBeGreaterThan(mutants / 20)
    expect(told.refused).toBeGreaterThan(mutants / 20)
  })
})
