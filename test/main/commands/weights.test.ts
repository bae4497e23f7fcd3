import { describe, expect, it } from 'vitest'
import { told } from '../../../src/main/commands/weights.ts'

describe('thaw weights compare', () => {
  it('writes thousands of percent in full, as the window does', () => {
    const moved = { values: 3, count: 4, relative: 10.6 }
    const lines = told({
      changed: [{ ...moved, name: 'a.bias', largest: 2345.6 }],
      layers: [{ name: 'a', changed: 1, relative: 10.6 }],
      same: 2,
      onlyA: [],
      onlyB: [],
      misshapen: [],
    })
    expect(lines.join('\n')).not.toMatch(/e\+/)
    expect(lines.at(-1)).toMatch(/^ {2}a\.bias +1,060% {2}2,346 {2}3\/4$/)
  })
})
