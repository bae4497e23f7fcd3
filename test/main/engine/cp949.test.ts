import { expect, it } from 'vitest'
import { fromCp949 } from '../../../src/main/engine/cp949.ts'

it('CP949 has every syllable once, and what it leaves out of KS X 1001 in the order of Unicode', () => {
  const found = new Map<string, number>()
  for (let lead = 0x81; lead <= 0xfe; lead += 1)
    for (let trail = 0x41; trail <= 0xfe; trail += 1) {
      const text = fromCp949(Uint8Array.of(lead, trail))
      if (text !== undefined && /^[가-힣]$/.test(text)) found.set(text, lead * 256 + trail)
    }
  expect(found.size).toBe(11_172)
  // The ends of each part (Microsoft's table of the code page).
  expect(['갂', '똠', '뷁', '힣', '가', '힝'].map((it) => found.get(it)!.toString(16))).toEqual([
    '8141',
    '8c63',
    '94ee',
    'c652',
    'b0a1',
    'c8fe',
  ])
})

it('What is no CP949 is not read', () => {
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
  expect(fromCp949(bytes('6162b0b3'))).toBe('ab개')
  for (const hex of ['b0', '8120', 'c653', 'ffa1', '80a1']) expect(fromCp949(bytes(hex))).toBeUndefined()
})
