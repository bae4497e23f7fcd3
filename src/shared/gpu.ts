import { z } from 'zod'

/**
 * How a graphics card computes: `deterministic` gives the same bits again; with `autotune` cuDNN tries its algorithms on the first
 * batches and keeps the fastest, which may be another one next time.
 */
export const GpuMode = z.enum(['deterministic', 'autotune'])
export type GpuMode = z.infer<typeof GpuMode>

/** `off`: the processor computes although there is a card. */
export const GpuChoice = z.enum([...GpuMode.options, 'off'])
export type GpuChoice = z.infer<typeof GpuChoice>
