import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Marks the place of the fuses in Electron's binary (@electron/fuses), its version, how many there are, and all of them on. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fuses = 9
const fuseWire = Buffer.concat([
  Buffer.from(fuseSentinel, 'latin1'),
  Buffer.from([1, fuses]),
  Buffer.from('1'.repeat(fuses), 'latin1'),
])

/**
 * A folder laid out like an unpacked Electron for Linux, with a binary that holds nothing but the fuses: where no Electron is to
 * be had, the layout of the package and the fuses can be checked all the same. It cannot be started.
 */
export function standInElectron(folder: string, version: string): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'locales'), { recursive: true })
  mkdirSync(join(folder, 'resources'))
  const binary = join(folder, 'electron')
  writeFileSync(binary, Buffer.concat([Buffer.alloc(4096), fuseWire, Buffer.alloc(4096)]))
  chmodSync(binary, 0o755)
  for (const language of ['en-US', 'ko', 'de']) writeFileSync(join(folder, 'locales', `${language}.pak`), '')
  writeFileSync(join(folder, 'version'), version)
  return folder
}
