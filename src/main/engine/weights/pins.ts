import path from 'node:path'
import { z } from 'zod'
import { readJson, writeJson } from '../store/jsonFile.ts'

/** What a file was when it was first downloaded: whoever fetches it again must get the same. */
const Pin = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().nonnegative() })
export type Pin = z.infer<typeof Pin>
const Pins = z.record(z.string(), Pin)

const pinsFile = (folder: string): string => path.join(folder, 'checksums.json')

/** Checksums of downloaded weights by file name, kept beside them and when they are removed. @param folder of the weights */
export const readPins = async (folder: string): Promise<Readonly<Record<string, Pin>>> =>
  (await readJson(pinsFile(folder), Pins)) ?? {}

/** @throws ThawError disk.full, output.unwritable */
export async function pinFile(folder: string, file: string, pin: Pin): Promise<void> {
  await writeJson(pinsFile(folder), { ...(await readPins(folder)), [file]: pin })
}
