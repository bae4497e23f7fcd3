/** How the names in a zip archive are written, where the archive does not say so. */
import type { Entry } from 'yauzl'
import { fromCp949 } from './cp949.ts'

const saysUtf8 = 0x800
/** Info-ZIP's field for a name in UTF-8. */
const unicodePath = 0x7075

/** Whether nothing in the archive says how the entry's name is written. By the format it is then CP437, which few programs keep to. */
export const isUndeclared = ({ generalPurposeBitFlag, extraFields }: Entry): boolean =>
  (generalPurposeBitFlag & saysUtf8) === 0 && extraFields.every(({ id }) => id !== unicodePath)

const isForeign = (name: Buffer): boolean => name.some((byte) => byte > 0x7f)
/** Lines of boxes in CP437, which nobody names a file by. */
const isBox = (byte: number): boolean => byte >= 0xb0 && byte <= 0xdf

function fromUtf8(name: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(name)
  } catch {
    return undefined
  }
}

/**
 * What an archive's undeclared names are called: UTF-8, as macOS writes them without saying so, or CP949, as Windows does in Korea. Only
 * all of them together tell: without a byte that is a box in CP437, its letters with accents would make Korean syllables too.
 * @returns undefined: as the format has it
 */
export function readerOf(names: readonly Buffer[]): ((name: Buffer) => string) | undefined {
  const foreign = names.filter(isForeign)
  const read = [fromUtf8, ...(foreign.some((name) => name.some(isBox)) ? [fromCp949] : [])].find((it) =>
    foreign.every((name) => it(name) !== undefined),
  )
  return read && ((name) => read(name)!)
}
