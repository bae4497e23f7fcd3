import { Settings } from '../../../shared/api/app.ts'
import { readJson, writeJson } from './jsonFile.ts'

/**
 * A file of its own and not a table: the trainer and the command line read it too, and it outlives a broken catalogue. Where it
 * is missing or cannot be understood, the defaults hold.
 */
export async function readSettings(file: string): Promise<Settings> {
  return (await readJson(file, Settings)) ?? Settings.parse({})
}

/** @throws ThawError `disk.full`, `output.unwritable` */
export async function changeSettings(file: string, change: Partial<Settings>): Promise<Settings> {
  const settings = { ...(await readSettings(file)), ...change }
  await writeJson(file, settings)
  return settings
}
