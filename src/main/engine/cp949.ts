/**
 * CP949, which Windows writes in Korea: ASCII, KS X 1001 as pairs of bytes from A1 on, and the syllables that this leaves out in the
 * order of Unicode, in the pairs that remain from 8141 to C652. Node's own decoder knows KS X 1001 alone, and never refuses.
 */

const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)

/** Neither a control, as Node makes of pairs that it does not know, nor of those that everyone may use as they like. */
const isCharacter = (text: string): boolean => /^[^\u0000-\u009f\ue000-\uf8ff\ufffd]$/.test(text)

/** All pairs of bytes, as numbers, and their characters. */
function tableOf(): Map<number, string> {
  // Both came later than Node's table.
  const table = new Map([
    [0xa2e6, '€'],
    [0xa2e7, '®'],
  ])
  const decoder = new TextDecoder('euc-kr')
  for (let lead = 0xa1; lead <= 0xfe; lead += 1)
    for (let trail = 0xa1; trail <= 0xfe; trail += 1) {
      const text = decoder.decode(Uint8Array.of(lead, trail))
      if (isCharacter(text)) table.set(lead * 256 + trail, text)
    }
  const given = new Set(table.values())
  let syllable = 0xac00
  for (let lead = 0x81; lead <= 0xc6; lead += 1)
    for (let trail = 0x41; trail <= (lead <= 0xa0 ? 0xfe : 0xa0); trail += 1) {
      if (!isLetter(trail) && trail < 0x81) continue
      while (given.has(String.fromCharCode(syllable))) syllable += 1
      if (syllable > 0xd7a3) return table
      table.set(lead * 256 + trail, String.fromCharCode(syllable))
      syllable += 1
    }
  return table
}

let table: ReadonlyMap<number, string> | undefined

/** The text of bytes in CP949; undefined where they are none. */
export function fromCp949(bytes: Uint8Array): string | undefined {
  table ??= tableOf()
  let text = ''
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!
    if (byte < 0x80) {
      text += String.fromCharCode(byte)
      continue
    }
    at += 1
    const character = table.get(byte * 256 + (bytes[at] ?? 0))
    if (character === undefined) return undefined
    text += character
  }
  return text
}
