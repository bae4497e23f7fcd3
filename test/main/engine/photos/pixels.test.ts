import { describe, expect, it } from 'vitest'
import { giveBack } from '../../../../src/main/engine/photos/pixels.ts'

describe('Memory that is given back', () => {
  it('is free at once, and given back a second time it does no harm', () => {
    const bytes = new Uint8Array(1000)
    giveBack(bytes)
    expect(bytes.length).toBe(0)
    expect(() => giveBack(bytes)).not.toThrow()
  })

  it('stays where others lie in the same piece, or threads share it', () => {
    const whole = new Uint8Array(1000).fill(7)
    giveBack(whole.subarray(0, 500))
    expect(whole[999]).toBe(7)
    const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(7)
    giveBack(shared)
    expect(shared[7]).toBe(7)
  })
})
