import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fingerprintOf } from '../../../../../src/main/engine/backend/kernels/fingerprint.ts'
import { randomFor } from '../../../../../src/shared/random.ts'

const tensors = fc.float32Array({ minLength: 2, maxLength: 300, noNaN: true })
const bitsOf = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)
const differ = (a: Float32Array, b: Float32Array) => bitsOf(a).compare(bitsOf(b)) !== 0

/** Two tensors differ exactly where their fingerprints do. */
function expectSeen(before: Float32Array, after: Float32Array): void {
  expect(fingerprintOf(after) !== fingerprintOf(before)).toBe(differ(before, after))
}

it('A fingerprint sees every random permutation that changes the tensor', () => {
  const permuted = tensors.chain((values) =>
    fc.tuple(
      fc.constant(values),
      fc.shuffledSubarray([...values.keys()], { minLength: values.length, maxLength: values.length }),
    ),
  )
  fc.assert(
    fc.property(permuted, ([values, order]) => {
      expectSeen(
        values,
        values.map((_, i) => values[order[i]!]!),
      )
    }),
    { numRuns: 2000 },
  )
})

it('A fingerprint sees numbers negated, one or many or all of them', () => {
  const negated = tensors.chain((values) =>
    fc.tuple(fc.constant(values), fc.subarray([...values.keys()], { minLength: 1 })),
  )
  fc.assert(
    fc.property(negated, ([values, indices]) => {
      const after = values.slice()
      for (const at of indices) after[at]! *= -1
      expectSeen(values, after)
      expectSeen(
        values,
        values.map((it) => -it),
      )
    }),
    { numRuns: 2000 },
  )
})

it('A fingerprint sees each of 300,000 pairs of flipped signs, which a weak mixing lets cancel', () => {
  const random = randomFor(1, 'shuffle')
  let unseen = 0
  for (let trial = 0; trial < 300_000; trial += 1) {
    const values = Float32Array.from({ length: 8 }, () => 10 ** (60 * random.uniform() - 30))
    const before = fingerprintOf(values)
    const [i, j] = [random.integer(0, 7), random.integer(0, 6)]
    values[i]! *= -1
    values[j < i ? j : j + 1]! *= -1
    if (fingerprintOf(values) === before) unseen += 1
  }
  expect(unseen).toBe(0)
})

it('A fingerprint sees two numbers exchanged, also a number and its negative', () => {
  fc.assert(
    fc.property(tensors, fc.nat(), fc.nat(), fc.boolean(), (values, a, b, opposite) => {
      const [i, j] = [a % values.length, b % values.length]
      if (opposite) values[i] = -values[j]!
      const after = values.slice()
      after[i] = values[j]!
      after[j] = values[i]!
      expectSeen(values, after)
    }),
    { numRuns: 2000 },
  )
})
