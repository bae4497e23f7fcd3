import { expect, it } from 'vitest'
import type { Library } from '../../../../src/main/engine/library/context.ts'
import { relationHandlers } from '../../../../src/main/engine/library/relations.ts'

const context = { signal: new AbortController().signal, progress: () => undefined }

/** A library that knows a map of so many photos of two classes. */
function aLibrary(photos: number): Library {
  const listed = Array.from({ length: photos }, (_, i) => ({
    ...{ path: `ants/${String(i).padStart(6, '0')}.jpg`, class: i % 2, split: 'train', out: false },
    hash: i.toString(16).padStart(64, '0'),
  }))
  const positions = Float32Array.from({ length: 2 * photos }, (_, i) => 20 * Math.sin(i))
  const browsed = { classes: ['ants', 'bees'], photos: listed }
  const certainty = new Map(listed.map(({ path }, i) => [path, Math.abs(Math.sin(i / 3))]))
  const known = {
    datasets: { open: () => Promise.resolve({ browsed }) },
    relations: {
      map: () =>
        Promise.resolve({ paths: listed.map((it) => it.path), keys: listed.map((it) => it.hash), positions }),
    },
    figures: { of: () => Promise.resolve({ certainty, answers: new Map() }) },
    pictures: { idOf: (_: string, { hash }: { hash: string }) => `d.insects.${hash.slice(-24)}` },
  }
  return known as never
}

it('The map of a hundred thousand photos is told in digits that a screen can show', async () => {
  const map = await relationHandlers(aLibrary(1000))['datasets.map']({ dataset: 'insects' }, context)
  expect(map.x).toHaveLength(1000)
  map.x.forEach((x, i) => expect(Math.abs(x - 20 * Math.sin(2 * i))).toBeLessThan(1e-3))
  map.certainty.forEach((it, i) => expect(it).toBeCloseTo(Math.abs(Math.sin(i / 3)), 4))
  const longest = [...map.x, ...map.y, ...map.certainty].map((it) => String(it).length)
  expect(Math.max(...longest)).toBeLessThanOrEqual(12)
})
