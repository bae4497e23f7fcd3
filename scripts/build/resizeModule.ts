import { readFileSync } from 'node:fs'
import wabt from 'wabt'

const source = new URL('../../src/main/engine/preprocess/resize.wat', import.meta.url)
export const resizeModule = new URL('resize.wasm', source)

/** resize.wat put together, as bytes. @throws Error where the text is wrong */
export async function assembleResize(): Promise<Uint8Array> {
  const assembler = await wabt()
  const module = assembler.parseWat('resize.wat', readFileSync(source, 'utf8'), { simd: true })
  const { buffer } = module.toBinary({})
  module.destroy()
  return buffer
}
