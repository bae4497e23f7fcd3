import { readFileSync } from 'node:fs'
import { z } from 'zod'
import '../../../shared/jitless.ts'

/** A package as pip knows it: a zip file with libraries in it. */
export const PackWheel = z.strictObject({
  package: z.string(),
  version: z.string(),
  /** Size of the file, and of what is taken out of it. */
  bytes: z.int(),
  unpacked: z.int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type PackWheel = z.infer<typeof PackWheel>

const PackList = z.strictObject({
  /** Platform and architecture as Node names them. */
  platform: z.string(),
  /** What pip is asked for: TensorFlow's wheel is built for one version of Python, though no Python is used. */
  python: z.string(),
  tags: z.array(z.string()),
  wheels: z.array(PackWheel).min(1),
})
export type PackList = z.infer<typeof PackList>

/**
 * What the GPU pack consists of: TensorFlow's wheel with its GPU kernels, and the wheels of NVIDIA that its extra `and-cuda` asks
 * for, at the versions that pip chose when the list was made.
 */
export function readPackList(): PackList {
  const file = new URL('../../../../assets/gpu-pack.json', import.meta.url)
  return PackList.parse(JSON.parse(readFileSync(file, 'utf8')))
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

export const downloadBytes = ({ wheels }: PackList): number => sum(wheels.map(({ bytes }) => bytes))

export const installedBytes = ({ wheels }: PackList): number => sum(wheels.map(({ unpacked }) => unpacked))

/** A list as its versions tell it apart from others: `cuDNN` is what most of a network's arithmetic is done by. */
export function versionsOf({ wheels }: PackList): { tensorflow: string; cudnn: string } {
  const of = (name: string) => wheels.find((wheel) => wheel.package === name)?.version ?? ''
  return { tensorflow: of('tensorflow'), cudnn: of('nvidia-cudnn-cu12') }
}
