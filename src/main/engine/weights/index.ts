import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
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
    const head = await source.read(0, Math.min(source.size, 64))
    const extension = path.extname(file).toLowerCase()
    const codec = formats.find(({ sniff }) => sniff(head, extension))
    if (!codec) throw new ThawError('weights.not-weights', { file, reason: resemblance(head) })
    return await codec.open(source)
  } catch (error) {
    await source.close()
    throw error
  }
}

/** What the file looks like instead, for people who saved a web page instead of the file behind it. */
function resemblance(head: Uint8Array): string {
  const text = Buffer.from(head).toString('latin1').trimStart().toLowerCase()
  if (text.startsWith('<!doctype') || text.startsWith('<html')) return 'it is a web page'
  if (text.startsWith('version https://git-lfs')) return 'it only points to one, and git-lfs would fetch it'
  if (head[0] === 0x80) return 'it is a pickle, but not one of PyTorch'
  return 'its beginning is of no known format'
}
