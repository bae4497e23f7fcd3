import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeDelta, deltaOf, encodeDelta, restore } from '../../../../src/main/engine/filing/delta.ts'

const bytes = fc.uint8Array({ maxLength: 40, max: 3 })

describe('what turns a changed file back', () => {
  it('gives the exact bytes, for any two files', () => {
    fc.assert(
      fc.property(bytes, bytes, (before, after) => {
        const delta = decodeDelta(Buffer.from(encodeDelta(deltaOf(before, after))))!
        expect(Buffer.from(restore(after, delta)!)).toEqual(Buffer.from(before))
      }),
    )
  })

  it('keeps the changed middle only', () => {
    const before = Buffer.concat([Buffer.alloc(5000, 1), Buffer.from('old'), Buffer.alloc(7000, 2)])
    const after = Buffer.concat([Buffer.alloc(5000, 1), Buffer.from('newer'), Buffer.alloc(7000, 2)])
    expect(encodeDelta(deltaOf(before, after)).length).toBe(80 + 3)
  })

  it('refuses a file that has changed since, and bytes that are no delta', () => {
    const delta = deltaOf(Buffer.from('before'), Buffer.from('after'))
    expect(restore(Buffer.from('After'), delta)).toBeUndefined()
    expect(restore(Buffer.from('after'), { ...delta, middle: Buffer.from('x') })).toBeUndefined()
    expect(decodeDelta(Buffer.alloc(79))).toBeUndefined()
  })
})
