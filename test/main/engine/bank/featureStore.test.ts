import {
  appendFile,
  copyFile,
  mkdir,
  readdir,
  readFile,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { featureEnvironment } from '../../../../src/main/engine/bank/featureEnvironment.ts'
import { clearFeatures, featureBytes, makeRoom } from '../../../../src/main/engine/bank/featureRoom.ts'
import type { FeatureKey } from '../../../../src/main/engine/bank/featureStore.ts'
import { FeatureStore } from '../../../../src/main/engine/bank/featureStore.ts'
import type { Environment } from '../../../../src/shared/run.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const key: FeatureKey = {
  weights: 'aa',
  cut: 'global_pool',
  preparation: recipePreparation,
  environment: ['tensorflow', 2],
}
const rowOf = (n: number) => Float32Array.from({ length: 5 }, (_, i) => n * 10 + i + 0.5)
const names = Array.from({ length: 8 }, (_, i) => `hash${i} evaluation`)

/** A set of eight rows, closed. @returns the beginning of its files' names */
async function filled(place: string): Promise<string> {
  const store = (await FeatureStore.open(place, key))!
  for (const [i, name] of names.entries()) await store.put(name, rowOf(i))
  await store.close()
  const rows = (await readdir(place)).find((name) => name.endsWith('.rows'))!
  return path.join(place, rows.slice(0, -'.rows'.length))
}

/** Every row that is there must be the right one. @returns how many are */
async function countRight(place: string): Promise<number> {
  const store = (await FeatureStore.open(place, key))!
  let there = 0
  for (const [i, name] of names.entries()) {
    const values = await store.get(name, 5)
    if (values) expect(values).toEqual(rowOf(i))
    if (values) there += 1
    expect(store.has(name)).toBe(values !== undefined)
  }
  // Whatever happened, it can be filled up again.
  for (const [i, name] of names.entries()) await store.put(name, rowOf(i))
  for (const [i, name] of names.entries()) expect(await store.get(name, 5)).toEqual(rowOf(i))
  await store.close()
  const again = (await FeatureStore.open(place, key))!
  for (const [i, name] of names.entries()) expect(await again.get(name, 5)).toEqual(rowOf(i))
  await again.close()
  return there
}

let indices = 0
const fresh = () => folder.path(`place-${(indices += 1)}`)

describe('Kept features', () => {
  it('are there again, under the name of what is in the photo', async () => {
    const place = fresh()
    await filled(place)
    expect(await countRight(place)).toBe(8)
  })

  it('of another network, cut, preparation or machine are others', async () => {
    const place = fresh()
    await filled(place)
    const others: Partial<FeatureKey>[] = [
      { weights: 'ab' },
      { cut: 'bn2' },
      { preparation: { ...recipePreparation, crop: 223 } },
      { environment: ['tensorflow', 3] },
    ]
    for (const other of others) {
      const store = (await FeatureStore.open(place, { ...key, ...other }))!
      expect(store.has(names[0]!)).toBe(false)
      await store.close()
    }
  })

  it('cut short at any byte lose rows, and give no wrong ones', async () => {
    const whole = fresh()
    const set = await filled(whole)
    for (const kind of ['rows', 'index']) {
      const { size } = await stat(`${set}.${kind}`)
      for (let bytes = 0; bytes < size; bytes += kind === 'rows' ? 7 : 11) {
        const place = fresh()
        await mkdir(place)
        for (const one of ['rows', 'index'])
          await copyFile(`${set}.${one}`, path.join(place, path.basename(`${set}.${one}`)))
        await truncate(path.join(place, path.basename(`${set}.${kind}`)), bytes)
        expect(await countRight(place)).toBeLessThan(8)
      }
    }
  })

  it('with a flipped bit anywhere give no wrong ones', async () => {
    const set = await filled(fresh())
    const flip = fc.record({
      kind: fc.constantFrom('rows', 'index'),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      bit: fc.nat(7),
    })
    await fc.assert(
      fc.asyncProperty(flip, async ({ kind, at, bit }) => {
        const place = fresh()
        await mkdir(place)
        for (const one of ['rows', 'index']) {
          const bytes = await readFile(`${set}.${one}`)
          if (one === kind) bytes[Math.floor(at * bytes.length)]! ^= 1 << bit
          await writeFile(path.join(place, path.basename(`${set}.${one}`)), bytes)
        }
        expect(await countRight(place)).toBeLessThan(8)
      }),
      { numRuns: 60 },
    )
  })

  it('torn by a lost page, with zeros where a row was, are computed again', async () => {
    const place = fresh()
    const set = await filled(place)
    const bytes = await readFile(`${set}.rows`)
    await writeFile(`${set}.rows`, bytes.fill(0, 20, 60))
    expect(await countRight(place)).toBe(6)
  })

  it('whose rows are longer or shorter than wanted are not there', async () => {
    const place = fresh()
    await filled(place)
    for (const length of [4, 6]) {
      const store = (await FeatureStore.open(place, key))!
      expect(await store.get(names[0]!, length)).toBeUndefined()
      // Nor does a row of another length go in.
      await store.put('other evaluation', new Float32Array(length))
      expect(store.has('other evaluation')).toBe(false)
      await store.close()
    }
  })

  it('are read, but not added to, while another adds', async () => {
    const place = fresh()
    await filled(place)
    const first = (await FeatureStore.open(place, key))!
    const second = (await FeatureStore.open(place, key))!
    expect(await second.get(names[3]!, 5)).toEqual(rowOf(3))
    await second.put('new evaluation', rowOf(9))
    expect(second.has('new evaluation')).toBe(false)
    await second.close()
    await first.put('new evaluation', rowOf(9))
    await first.close()
    const third = (await FeatureStore.open(place, key))!
    expect(await third.get('new evaluation', 5)).toEqual(rowOf(9))
    await third.close()
  })

  it('of a folder that cannot be there are none', async () => {
    const file = fresh()
    await writeFile(file, '')
    expect(await FeatureStore.open(path.join(file, 'below'), key)).toBeUndefined()
  })

  it('that were used longest ago make room, those in use stay', async () => {
    const place = fresh()
    const keys = ['a', 'b', 'c'].map((weights) => ({ ...key, weights }))
    for (const [i, one] of keys.entries()) {
      const store = (await FeatureStore.open(place, one))!
      await store.put(names[0]!, rowOf(1))
      await store.close()
      for (const name of await readdir(place)) if (i === 0) await utimes(path.join(place, name), 1, 1)
    }
    expect(await featureBytes(place)).toBe(60)
    await makeRoom(place, 'other', 40)
    const oldest = (await FeatureStore.open(place, keys[0]!))!
    expect(oldest.has(names[0]!)).toBe(false)
    await oldest.put(names[0]!, rowOf(1))
    expect(await clearFeatures(place)).toBe(40)
    expect(await oldest.get(names[0]!, 5)).toEqual(rowOf(1))
    await oldest.close()
    expect(await featureBytes(place)).toBe(20)
  })

  it('after lines of an unknown layout begin anew', async () => {
    const place = fresh()
    const set = await filled(place)
    await writeFile(`${set}.index`, 'aa evaluation\nbb evaluation\n')
    await appendFile(`${set}.rows`, Buffer.alloc(7))
    expect(await countRight(place)).toBe(0)
  })
})

describe('The environment of features', () => {
  const environment: Environment = {
    thaw: '1.0.0',
    backend: 'tensorflow',
    backendVersion: '2.9',
    device: 'CPU',
    gpu: null,
    threads: 2,
    precision: 'exact',
    node: '24',
    platform: 'linux-x64',
    cpuFeatures: ['avx2'],
  }
  it('names Thaw, backend, decoders and the processor’s extensions', () => {
    const told = featureEnvironment(environment).join('\n')
    for (const part of [/^thaw 1\.0\.0$/m, /^vips \d/m, /^libheif-js \d/m, /^sharp \d/m, /^avx2$/m])
      expect(told).toMatch(part)
    const changed: Partial<Environment>[] = [
      { thaw: '1.0.1' },
      { threads: 1 },
      { precision: 'fast' },
      { cpuFeatures: ['avx2', 'fma'] },
      { gpu: 'deterministic' },
    ]
    for (const more of changed)
      expect(featureEnvironment({ ...environment, ...more }).join('\n')).not.toBe(told)
  })
})
