import { expect, it } from 'vitest'
import { crc32c } from '../../../../src/main/engine/evaluation/tensorBoard.ts'

// The test vectors of RFC 3720, B.4.
it.each([
  [new Uint8Array(32), 0x8a9136aa],
  [new Uint8Array(32).fill(0xff), 0x62a8ab43],
  [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  [Buffer.from('123456789'), 0xe3069283],
])('the checksum of %o is that of the standard', (bytes, sum) => expect(crc32c(bytes)).toBe(sum))
