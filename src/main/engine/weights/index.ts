import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import type { ReasonCode } from '../../../shared/reasons.ts'
import { because } from '../../../shared/reasons.ts'
import type { Codec, WeightFile } from './codec.ts'
import { pth } from './pth.ts'
import { safetensors } from './safetensors.ts'
import { openSource } from './source.ts'

const formats: readonly Codec[] = [pth, safetensors]

/**
 * Opens a weight file of any known format, told by its first bytes rather than by its name. Close it after use.
 * @throws ThawError `weights.*`
 */
export async function openWeights(file: string): Promise<WeightFile> {
  const source = await openSource(file)
  try {
    const head = await source.read(0, Math.min(source.size, 512))
    const extension = path.extname(file).toLowerCase()
    const codec = formats.find(({ sniff }) => sniff(head, extension))
    if (!codec || extension === distributed)
      throw new ThawError('weights.not-weights', { file, ...because(resemblance(head, file)) })
    return await codec.open(source)
  } catch (error) {
    await source.close()
    throw error
  }
}

/** What else begins with these bytes, as they stand in the file. */
const beginnings: readonly (readonly [RegExp, ReasonCode])[] = [
  [/^\s*<(!doctype|html)/i, 'is-web-page'],
  [/^version https:\/\/git-lfs/, 'is-lfs-pointer'],
  [/^\x80/, 'is-other-pickle'],
  [/^(\x1f\x8b|\xfd7zXZ|BZh|7z\xbc\xaf)/, 'is-packed'],
  [/^\x89HDF/, 'is-keras'],
  [/^\x93NUMPY/, 'is-numpy'],
  [/^GGUF/, 'is-gguf'],
  [/^.{4}TFL3/s, 'is-tflite'],
  // PyTorch before 0.1.10 wrote its pickles into an archive of this kind.
  [/^.{257}ustar/s, 'is-tar'],
]

/** What torch.distributed.checkpoint writes, a file a process: archives behind each other, and what they hold stands in a pickle beside them. */
const distributed = '.distcp'

/** What the file looks like instead, for people who saved a web page instead of the file behind it. */
function resemblance(head: Uint8Array, file: string): ReasonCode {
  if (file.toLowerCase().endsWith(distributed)) return 'is-distributed'
  if (/\.(safetensors|bin)\.index\.json$/i.test(file)) return 'is-index'
  const text = Buffer.from(head).toString('latin1')
  return beginnings.find(([begins]) => begins.test(text))?.[1] ?? 'unknown-beginning'
}
