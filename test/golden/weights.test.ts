import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WeightFile } from '../../src/main/engine/weights/codec.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import { inspectWeights } from '../../src/main/engine/weights/inspect.ts'
import type { FittingWeights } from '../../src/main/engine/weights/load.ts'
import { loadStrict } from '../../src/main/engine/weights/load.ts'
import { writeSafetensors } from '../../src/main/engine/weights/safetensors-writer.ts'
import { ThawError } from '../../src/shared/errors.ts'
import { describeGolden, goldenFolder, readGolden } from '../support/golden.ts'

const folder = path.join(goldenFolder, 'weight-files')
const cases =
  existsSync(folder) || process.env['CI']
    ? readGolden<{ file: string; expect: string }[]>('weight-files', 'cases.json')
    : []
const at = (file: string) => path.join(folder, file)

/** Largest relative error of a value that was rounded to the type: half a unit in the last place. */
const rounding: Partial<Record<string, number>> = { float16: 2 ** -11, bfloat16: 2 ** -8 }
/** Below this, halves have fewer digits. */
const smallestHalf = 2 ** -24
/** What opening and reading any file may take beyond the file's size. */
const allowance = 64 * 2 ** 20

let plain: WeightFile
let head: string

/** Loads into the network that plain.safetensors was made of. */
function load(weights: WeightFile, newHead = false): FittingWeights {
  return loadStrict(weights, plain.tensors, { network: 'the tiny VGG', head, newHead })
}

async function withFile<T>(file: string, use: (weights: WeightFile) => Promise<T>): Promise<T> {
  const weights = await openWeights(at(file))
  try {
    return await use(weights)
  } finally {
    await weights.close()
  }
}

async function readAll(weights: FittingWeights): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>()
  for (const name of weights.names) values.set(name, await weights.load(name))
  return values
}

const thrown = (promise: Promise<unknown>): Promise<ThawError> =>
  promise.then(
    () => Promise.reject(new Error('it was loaded')),
    (error: unknown) => {
      if (error instanceof ThawError) return error
      throw error
    },
  )

/** Fails if the memory of this process, at its highest, grew by more than the file and the allowance. */
async function withinMemory<T>(file: string, work: () => Promise<T>): Promise<T> {
  const before = process.resourceUsage().maxRSS
  const result = await work()
  const grown = (process.resourceUsage().maxRSS - before) * 1024
  expect(grown).toBeLessThan(statSync(at(file)).size + allowance)
  return result
}

describeGolden('the golden weight files', () => {
  beforeAll(async () => {
    plain = await openWeights(at('plain.safetensors'))
    head = plain.tensors
      .map(({ name }) => name.replace(/\.\w+$/, ''))
      .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .findLast((name) => name.startsWith('classifier'))!
  })
  afterAll(() => plain.close())

  const loads = cases.filter(
    ({ file, expect: wish }) => wish.startsWith('loads') && !/^(batchnorm|zip-bomb)\./.test(file),
  )
  it.each(loads)('$file: $expect', async ({ file, expect: wish }) => {
    await withinMemory(file, () =>
      withFile(file, async (weights) => {
        const dtype = /float16|bfloat16|float64/.exec(wish)?.[0] ?? 'float32'
        const exact = /, (\w+)$/.exec(wish)?.[1] ?? dtype
        expect(new Set(weights.tensors.map((tensor) => tensor.dtype))).toEqual(new Set([exact]))
        const values = await readAll(load(weights))
        expect(values.size).toBe(plain.tensors.length)
        const relative = rounding[exact] ?? 0
        for (const [name, read] of values) {
          const wanted = await plain.read(name)
          const wrong = wanted.findIndex(
            (value, i) =>
              !(Math.abs(read[i]! - value) <= relative * Math.abs(value) + (relative && smallestHalf)),
          )
          expect(wrong, `${name}[${wrong}]`).toBe(-1)
        }
      }),
    )
  })

  it('batchnorm.pth: its counter is a number without dimensions', async () => {
    await withFile('batchnorm.pth', async (weights) => {
      const counter = weights.tensors.find(({ name }) => name.endsWith('num_batches_tracked'))
      expect(counter).toMatchObject({ shape: [], dtype: 'int64', bytes: 8 })
      expect(Array.from(await weights.read(counter!.name))).toEqual([0])
      const variance = weights.tensors.find(({ name }) => name.endsWith('running_var'))!
      expect(new Set(await weights.read(variance.name))).toEqual(new Set([1]))
    })
  })

  const refused = cases.filter(({ expect: wish }) => wish.startsWith('refused') && !wish.includes('warned'))
  it.each(refused)('$file: $expect', async ({ file, expect: wish }) => {
    const error = await withinMemory(file, () => thrown(openWeights(at(file))))
    expect(error.code).toMatch(/^weights\./)
    if (wish.includes('needs code') || wish.includes('nothing runs'))
      expect(error.code).toBe('weights.needs-code')
    if (wish.includes('state_dict')) expect(error.advice).toContain('state_dict')
    if (wish.includes('cut short')) expect(error.code).toBe('weights.truncated')
    if (wish.includes('empty')) expect(error.code).toBe('weights.empty')
    if (wish.includes('not a weight file')) expect(error.code).toBe('weights.not-weights')
    expect(await inspectWeights(at(file))).toMatchObject({
      error: { code: error.code, message: error.message },
    })
  })

  it('zip-bomb.pth: is refused without its 200 MB being held', async () => {
    await withinMemory('zip-bomb.pth', () => thrown(openWeights(at('zip-bomb.pth'))))
  })

  it('wrong-head.pth: is offered as a new head, never silently', async () => {
    await withFile('wrong-head.pth', async (weights) => {
      const error = await thrown(Promise.resolve().then(() => load(weights)))
      expect(error.code).toBe('weights.other-head')
      expect(error.message).toContain(head)
      const offered = load(weights, true)
      expect(offered.newHead).toEqual(
        plain.tensors.map(({ name }) => name).filter((name) => name.startsWith(head)),
      )
      expect((await readAll(offered)).size).toBe(plain.tensors.length - offered.newHead.length)
    })
  })

  it('missing-and-extra.pth: names what is missing and what is unexpected', async () => {
    await withFile('missing-and-extra.pth', async (weights) => {
      const there = new Set(weights.tensors.map(({ name }) => name))
      const expected = new Set(plain.tensors.map(({ name }) => name))
      const differences = [...expected, ...there].filter((name) => !(expected.has(name) && there.has(name)))
      expect(differences.length).toBeGreaterThan(1)
      const error = await thrown(Promise.resolve().then(() => load(weights)))
      expect(error.code).toBe('weights.mismatch')
      for (const name of differences) expect(error.message).toContain(name)
    })
  })

  it('nan.pth: is refused by name when it is loaded, and inspecting it warns', async () => {
    await withFile('nan.pth', async (weights) => {
      const error = await thrown(readAll(load(weights)))
      expect(error.code).toBe('weights.not-finite')
    })
    expect(await inspectWeights(at('nan.pth'))).toMatchObject({ warnings: [{ code: 'weights.not-finite' }] })
  })

  it('plain.safetensors: written again gives the same bytes', async () => {
    const copy = path.join(mkdtempSync(path.join(tmpdir(), 'thaw-golden-')), 'copy.safetensors')
    const outgoing = plain.tensors.map(({ name, shape }) => ({
      name,
      shape,
      dtype: 'float32' as const,
      values: () => plain.read(name),
    }))
    await writeSafetensors(copy, outgoing.toReversed(), plain.metadata)
    expect(readFileSync(copy).equals(readFileSync(at('plain.safetensors')))).toBe(true)
    rmSync(path.dirname(copy), { recursive: true })
  })

  it('run nothing', () => {
    for (const place of [process.cwd(), folder, path.dirname(folder)])
      expect(existsSync(path.join(place, 'thaw-was-here'))).toBe(false)
  })

  it('are all looked at', () => {
    const named = /^(batchnorm|zip-bomb|wrong-head|missing-and-extra|nan)\./
    const covered = cases.filter(
      (one) => loads.includes(one) || refused.includes(one) || named.test(one.file),
    )
    expect(covered).toEqual(cases)
  })
})

const starter = path.join(import.meta.dirname, '../../vendor/weights/efficientnet-lite0.pth')

describeGolden('the starter weights', () => {
  it.runIf(existsSync(starter))(
    'fit timm’s tf_efficientnet_lite0, whatever names they come under',
    async () => {
      const zoo = readGolden<{ state: Record<string, [string, ...number[]]> }>(
        'zoo',
        'tf_efficientnet_lite0.json',
      )
      const expected = Object.entries(zoo.state).map(([name, [, ...shape]]) => ({ name, shape }))
      const weights = await openWeights(starter)
      const fitting = loadStrict(weights, expected, { network: 'efficientnet-lite0', head: 'classifier' })
      expect(fitting.names).toEqual(expected.map(({ name }) => name))
      expect((await readAll(fitting)).size).toBe(expected.length)
      await weights.close()
    },
  )
})
