import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { ReasonCode } from '../../../shared/reasons.ts'
import type { Codec, WeightFile } from './codec.ts'
import { weightFile } from './codec.ts'
import { unpickle } from './pickle.ts'
import { isLegacy, largestPickle, openLegacy, tooLong } from './pth-legacy.ts'
import type { Source } from './source.ts'
import { uncleared } from './source.ts'
import { stateDict } from './state-dict.ts'
import { torchRules } from './torch-objects.ts'
import type { Archive } from './zip.ts'
import { openArchive } from './zip.ts'

/** What torch.save writes: a zip archive since PyTorch 1.6, a stream of pickles and bytes before. */
export const pth: Codec = {
  format: 'pth',
  extensions: ['.pth', '.pt', '.bin', '.ckpt', '.tar'],
  sniff: (head) => isZip(head) || isLegacy(head),
  open: async (source) => {
    const head = await source.read(0, Math.min(source.size, 64))
    return isZip(head) ? openZip(source) : openLegacy(source)
  },
}

const isZip = (head: Uint8Array): boolean => String.fromCharCode(...head.subarray(0, 4)) === 'PK\x03\x04'

/**
 * An archive with one folder of any name in it: `data.pkl`, the pickle of the object; `data/0`, `data/1`, … its storages;
 * `byteorder`.
 */
async function openZip(source: Source): Promise<WeightFile> {
  const archive = await openArchive(source)
  requireNoProgram(archive, source)
  const folder = topFolder(archive, source)
  const bigEndian = archive.names.has(`${folder}byteorder`)
    ? Buffer.from(await entryBytes(archive, `${folder}byteorder`, source)).toString() === 'big'
    : false
  const pickle = await entryBytes(archive, `${folder}data.pkl`, source)
  const { value } = unpickle(pickle, 0, source.path, torchRules(source.path))
  const { tensors, found } = await stateDict(value, source.path, ({ key }) =>
    archive.storage(`${folder}data/${key}`, bigEndian),
  )
  return weightFile(source, { format: 'pth', variant: 'zip', metadata: {}, found }, tensors)
}

/** Kinds of archives with code in them: an entry of each, what it is, and how Python opens it. */
const programs: readonly (readonly [RegExp, ReasonCode, open: (file: string) => string])[] = [
  [/^([^/]+\/)?constants\.pkl$/, 'is-torchscript', (file) => `torch.jit.load(${file})`],
  [/^([^/]+\/)?models\/[^/]+\.json$/, 'is-exported', (file) => `torch.export.load(${file}).module()`],
  [/^([^/]+\/)?\.data\/extern_modules$/, 'is-package', () => 'model'],
]

/** @throws ThawError weights.program */
function requireNoProgram({ names }: Archive, { path: file }: Source): void {
  const entries = Array.from(names)
  const [, what, open] = programs.find(([its]) => entries.some((name) => its.test(name))) ?? []
  if (what && open)
    throw new ThawError('weights.program', {
      file,
      ...because(what),
      opened: open(JSON.stringify(path.basename(file))),
    })
}

/** Weight files that someone put into an archive. */
const packed = /\.(pth|pt|ckpt|bin|tar|safetensors)$/i

/** The folder of the archive's data.pkl, with a slash at its end. */
function topFolder(archive: Archive, source: Source): string {
  const pickles = Array.from(archive.names).filter((name) => /^([^/]+\/)?data\.pkl$/.test(name))
  const [pickle, second] = pickles
  if (pickle === undefined || second !== undefined) {
    const isPacked = pickle === undefined && Array.from(archive.names).some((name) => packed.test(name))
    const reason = isPacked ? 'is-packed' : pickle === undefined ? 'is-other-zip' : 'is-several-zip'
    throw new ThawError('weights.not-weights', { file: source.path, ...because(reason) })
  }
  return pickle.slice(0, -'data.pkl'.length)
}

async function entryBytes(archive: Archive, name: string, source: Source): Promise<Uint8Array> {
  const storage = await archive.storage(name)
  if (storage.size > largestPickle) {
    const start = uncleared(4096)
    await storage.readInto(start, 0)
    throw new ThawError('weights.unsupported', { file: source.path, ...tooLong(start, largestPickle) })
  }
  const bytes = uncleared(storage.size)
  await storage.readInto(bytes, 0)
  return bytes
}
