import type { FileLayer } from '../../../src/main/engine/filing/fileLayer.ts'
import { systemError } from './memoryDisk.ts'

/** Ends the process, as far as the code under test can tell: nothing it calls works any more. */
export class Killed extends Error {}

/** mulberry32: the same faults for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Chances {
  /** Of any step to fail. */
  fault: number
  /** Of any step to be the process's last. */
  kill: number
}

/** Steps that put bytes on a disk: they can be torn, and find it full. */
const writing = new Set<keyof FileLayer>(['copy', 'write', 'append', 'reserve'])
/** Steps that only look. */
const looking = new Set<keyof FileLayer>([
  'facts',
  'list',
  'free',
  'linkTarget',
  'requireWritable',
  'attributes',
  'keepsAttributes',
])

/**
 * A disk whose steps fail by a seed: before anything has happened, after all has, or half-way (a copy or a line cut short), with
 * ENOSPC, EACCES or EIO; or the process ends there. A copy may also be wrong without a word, as a dying disk or cable writes it.
 */
export function faultyDisk(disk: FileLayer, random: () => number, chances: Chances): FileLayer {
  let killed = false

  const torn = async (step: keyof FileLayer, given: unknown[]): Promise<void> => {
    const [first, second] = given as [string, string | Uint8Array]
    if (step === 'append' && typeof second === 'string')
      await disk.append(first, second.slice(0, Math.floor(random() * second.length)))
    else if (step === 'write' && typeof second !== 'string')
      await disk.write(first, second.subarray(0, Math.floor(random() * second.length)))
    else if (step === 'copy' && typeof second === 'string') {
      const bytes = await disk.read(first)
      await disk.write(second, bytes.subarray(0, Math.floor(random() * bytes.length)))
    }
  }

  const fail = async (
    step: keyof FileLayer,
    given: unknown[],
    happen: () => Promise<unknown>,
  ): Promise<never> => {
    const isKill = random() < chances.kill / (chances.kill + chances.fault)
    const when = random()
    if (when < 1 / 3) await happen()
    else if (when < 2 / 3 && writing.has(step)) await torn(step, given)
    if (isKill) {
      killed = true
      throw new Killed()
    }
    const codes = writing.has(step)
      ? ['ENOSPC', 'EACCES', 'EIO']
      : looking.has(step)
        ? ['EIO']
        : ['EACCES', 'EIO']
    throw systemError(codes[Math.floor(random() * codes.length)]!, String(given[0]))
  }

  /** One bit of what was copied is another one. */
  const spoil = async (file: string): Promise<void> => {
    const bytes = Buffer.from(await disk.read(file))
    if (bytes.length === 0) return
    bytes[Math.floor(random() * bytes.length)]! ^= 1
    await disk.remove(file)
    await disk.write(file, bytes)
  }

  const wrap =
    (step: keyof FileLayer) =>
    async (...given: unknown[]) => {
      if (killed) throw new Killed()
      const happen = () => (disk[step] as (...all: unknown[]) => Promise<unknown>)(...given)
      if (random() < chances.fault + chances.kill) return fail(step, given, happen)
      const found = await happen()
      if (step === 'copy' && random() < chances.fault) await spoil(given[1] as string)
      return found
    }
  const steps = [
    'facts',
    'reserve',
    'copy',
    'rename',
    'remove',
    'link',
    'linkTarget',
    'makeFolder',
    'removeFolder',
    'setTimes',
    'setMode',
    'attributes',
    'copyAttributes',
    'keepsAttributes',
    'hash',
    'read',
    'write',
    'append',
    'sync',
    'syncFolder',
    'requireWritable',
    'list',
    'free',
  ] as const satisfies (keyof FileLayer)[]
  return Object.fromEntries(steps.map((step) => [step, wrap(step)])) as unknown as FileLayer
}
