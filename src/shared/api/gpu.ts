import { z } from 'zod'
import { library, nothing } from './call.ts'
import { Problem } from './errors.ts'

/** The GPU pack: TensorFlow's library for NVIDIA cards with NVIDIA's own. */
export const GpuPack = z.strictObject({
  /** Whether there is one for this platform. */
  supported: z.boolean(),
  installed: z
    .strictObject({
      tensorflow: z.string(),
      cudnn: z.string(),
      bytes: z.int(),
      /** Whether it is the one that this version of Thaw would install. */
      current: z.boolean(),
    })
    .nullable(),
  /** Bytes that have arrived of a download that was interrupted. */
  received: z.int(),
  /** Bytes to fetch in all, and bytes that it takes on the disk. */
  download: z.int(),
  needed: z.int(),
})
export type GpuPack = z.infer<typeof GpuPack>

export const GpuState = z.strictObject({
  cards: z.array(
    z.strictObject({
      name: z.string(),
      driver: z.string(),
      /** Bytes. */
      memory: z.number(),
      free: z.number(),
      /** null where the driver does not tell it. */
      computeCapability: z.number().nullable(),
    }),
  ),
  /** What keeps the cards from computing. */
  problems: z.array(Problem),
  pack: GpuPack,
})
export type GpuState = z.infer<typeof GpuState>

export const GpuProgress = z.strictObject({
  step: z.enum(['looking', 'downloading', 'unpacking']),
  /** The package at work. */
  package: z.string(),
  /** Bytes of all packages. */
  received: z.int(),
  total: z.int(),
})
export type GpuProgress = z.infer<typeof GpuProgress>

export const gpuCalls = {
  'gpu.state': library(nothing, GpuState),
  /** Goes on where it was interrupted. @throws gpu.*, busy, download.failed, weights.checksum, cancelled, disk.full */
  'gpu.install': library(nothing, GpuPack, GpuProgress),
  /** @throws busy */
  'gpu.remove': library(nothing, GpuPack),
}
