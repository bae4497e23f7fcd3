import { z } from 'zod'
import { Offered } from './call.ts'

/** `pytorch`: a Python program with the weights that it reads; `tfjs`: a TensorFlow.js model with a page. */
export const ExportFormat = z.enum(['safetensors', 'pth', 'onnx', 'tfjs', 'pytorch'])
export type ExportFormat = z.infer<typeof ExportFormat>
export const exportFormats = ExportFormat.options

/** How far one program's logits are from ours, over all photos. */
export const Distance = z.strictObject({ largestLogitDifference: z.number(), changedAnswers: z.int() })
export type Distance = z.infer<typeof Distance>

/** Above this from equal pixels a file is not called good. */
export const mostDifference = 1e-3

/** What another program's answers to the run's own photos showed: kept beside the file, and shown. */
export const Certificate = z.strictObject({
  format: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  thaw: z.string(),
  /** The program that computed independently. */
  runtime: z.string(),
  /** Validation photos that both answered. */
  photos: z.int(),
  /** Of all our logits, the largest by size: what the differences are to be seen against. */
  largestLogit: z.number(),
  /** From equal pixels: what differs arises in the network. */
  network: Distance,
  /** From the decoded photos: resizing and cropping in the file count too; null where the file takes prepared tensors. */
  photo: Distance.nullable(),
  /**
   * From the photo files, decoded by another program: decoding counts too. Of as many photos as that decoder reads, JPEG and PNG; null
   * where there is none.
   */
  file: Distance.extend({ photos: z.int(), decoder: z.string() }).nullable(),
  /** Whether from equal pixels no logit differs by more than 1e-3. */
  good: z.boolean(),
})
export type Certificate = z.infer<typeof Certificate>

/** How far a network that was written out answers as the one it was written from. */
export const Parity = Distance.extend({
  /** Validation photos that both answered. */
  photos: z.int(),
})
export type Parity = z.infer<typeof Parity>

/** How the exported file answers photos of its run beside the run itself, and what an independent program says. */
export const ExportCheck = z.strictObject({
  parity: Parity,
  /** null where no other program was asked: the file was read again by Thaw. */
  certificate: Certificate.nullable(),
})
export type ExportCheck = z.infer<typeof ExportCheck>

/** A file on offer, under the name that it is saved by, and how it was checked. */
export const Exported = Offered.extend({
  run: z.string(),
  format: ExportFormat,
  withPreparation: z.boolean(),
  name: z.string(),
  sha256: z.string(),
  check: ExportCheck,
})
export type Exported = z.infer<typeof Exported>
