import { z } from 'zod'
import { readJson, writeJson } from './jsonFile.ts'

const Speeds = z.record(z.string(), z.number().positive())

/** Photos a second of each network that was measured on this machine. @param file see dataPaths */
export const readSpeeds = async (file: string): Promise<z.infer<typeof Speeds>> =>
  (await readJson(file, Speeds)) ?? {}

/** @throws ThawError disk.full, output.unwritable */
export async function keepSpeed(file: string, network: string, photosPerSecond: number): Promise<void> {
  await writeJson(file, { ...(await readSpeeds(file)), [network]: photosPerSecond })
}
