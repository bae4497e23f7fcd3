import { cp, mkdir, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { probeAddon } from '../../src/main/engine/backend/probe.ts'
import {
  addonPath,
  librariesPath,
  tensorflowFolder,
  vendorFormat,
  type TensorflowAbout,
} from '../../src/main/engine/backend/vendor.ts'
import { compileAddon, neededHeaders } from './addon.ts'
import { command } from '../../src/main/engine/command.ts'
import { download } from './download.ts'
import { downloadWheel } from './pip.ts'
import { tensorflowSources, type Archive, type TensorflowSources, type Wheel } from './sources.ts'
import { missingForCompiling } from './tools.ts'
import { unpackWheel } from '../../src/main/engine/gpu/wheel.ts'

type Say = (line: string) => void

/** What an attempt tells about what it brought into its folder. */
type Origin = Pick<TensorflowAbout, 'version' | 'source' | 'download'>

/**
 * Brings TensorFlow's native library and the addon into vendor/tensorflow, from the first source that works.
 * @param staging a folder on the same disk; nothing outside it changes before everything is in place and was tried
 * @throws an Error that gives a reason for each source
 */
export async function setUpTensorflow(vendor: string, staging: string, say: Say): Promise<void> {
  const sources = tensorflowSources[`${process.platform}-${process.arch}`]
  if (!sources) throw new Error(`there is no native library for ${process.platform}-${process.arch}`)
  const reasons: string[] = []
  for (const [name, attempt] of attempts(sources)) {
    const folder = join(staging, 'tensorflow')
    await rm(folder, { recursive: true, force: true })
    await mkdir(join(folder, librariesPath), { recursive: true })
    try {
      const origin = await attempt(folder, say)
      await probeAddon(join(folder, addonPath), process.env['THAW_CACHE'] ?? '')
      await writeAbout(folder, origin)
      await rm(tensorflowFolder(vendor), { recursive: true, force: true })
      await rename(folder, tensorflowFolder(vendor))
      return
    } catch (error) {
      // Another source would not fit on the disk either.
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error
      reasons.push(`${name}: ${(error as Error).message}`)
    }
  }
  throw new Error(reasons.join('; '))
}

function attempts(sources: TensorflowSources): [string, (folder: string, say: Say) => Promise<Origin>][] {
  const { official, wheel, prebuilt } = sources
  const missing = missingForCompiling()
  const list: [string, (folder: string, say: Say) => Promise<Origin>][] = []
  const uncompiled = (name: string) =>
    list.push([name, () => Promise.reject(new Error(`${missing!} is missing`))])
  if (official || wheel) {
    if (missing) uncompiled('compiling the addon')
    else {
      if (official) list.push(['official library', (folder, say) => fromOfficial(official, folder, say)])
      if (wheel) list.push([`pip package ${wheel.package}`, (folder, say) => fromWheel(wheel, folder, say)])
    }
  }
  if (prebuilt) list.push(['published addon', (folder, say) => fromPrebuilt(prebuilt, folder, say)])
  return list
}

async function fromOfficial(official: Archive, folder: string, say: Say): Promise<Origin> {
  say(`TensorFlow ${official.version}: looking for the official library`)
  const checksum = await unpackArchive(official, folder, 'deps')
  say(`TensorFlow ${official.version}: compiling the addon`)
  await compileAddon(folder)
  await rm(join(folder, 'deps/include'), { recursive: true, force: true })
  return { version: official.version, source: official.url, download: checksum }
}

async function fromWheel(wheel: Wheel, folder: string, say: Say): Promise<Origin> {
  say(`TensorFlow ${wheel.version}: downloading with pip (${wheel.megabytes} MB)`)
  const downloads = `${folder}-download`
  await mkdir(downloads, { recursive: true })
  const path = await downloadWheel(wheel, downloads)
  say(`TensorFlow ${wheel.version}: unpacking`)
  const count = await unpackWheel(path, folder, placeOfWheelEntry)
  await rm(downloads, { recursive: true })
  if (count === 0) throw new Error('the wheel does not hold the library')
  // The names that binding.gyp links by. What is linked is the wheel's own name, so they are not needed afterwards.
  const links = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map(
    (file) => [file, join(folder, librariesPath, file.replace(/(_cc)?\.so\.2$/, '.so'))] as const,
  )
  for (const [file, link] of links) await symlink(file, link)
  say(`TensorFlow ${wheel.version}: compiling the addon`)
  await compileAddon(folder)
  for (const [file, link] of links) {
    await rm(link)
    await stripSymbols(join(folder, librariesPath, file))
  }
  await rm(join(folder, 'deps/include'), { recursive: true })
  return { version: wheel.version, source: `${wheel.package} ${wheel.version}`, download: wheel.sha256 }
}

function placeOfWheelEntry(entry: string): string | undefined {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(entry))
    return entry.replace('tensorflow', librariesPath)
  const header = entry.replace(/^tensorflow\/include\//, '')
  return header !== entry && neededHeaders.test(header) ? `deps/include/${header}` : undefined
}

/** A quarter of the library is names of functions that only a debugger reads. */
async function stripSymbols(library: string): Promise<void> {
  try {
    await command('strip', ['--strip-unneeded', library], { timeout: 120_000 })
  } catch {
    // It works as well unstripped.
  }
}

async function fromPrebuilt(
  prebuilt: { addon: Archive; library: Archive },
  folder: string,
  say: Say,
): Promise<Origin> {
  const { addon, library } = prebuilt
  say(`TensorFlow ${library.version}: looking for the published addon`)
  const checksum = await unpackArchive(addon, folder, 'lib')
  say(`TensorFlow ${library.version}: downloading its library`)
  await unpackArchive(library, folder, 'deps')
  await rm(join(folder, 'deps/include'), { recursive: true, force: true })
  if (process.platform === 'win32') {
    // Windows looks for libraries beside the addon.
    await cp(join(folder, librariesPath, 'tensorflow.dll'), join(folder, addonPath, '../tensorflow.dll'))
  }
  return { version: library.version, source: addon.url, download: checksum }
}

/** Downloads an archive and unpacks it into a folder below; tar reads zip files too where such archives are zip files. */
async function unpackArchive(archive: Archive, folder: string, below: string): Promise<string> {
  const path = `${folder}-archive`
  const checksum = await download(archive.url, path)
  const target = join(folder, below)
  await mkdir(target, { recursive: true })
  await command('tar', ['-xf', path, '-C', target], { timeout: 600_000 })
  await rm(path)
  return checksum
}

async function writeAbout(folder: string, origin: Origin): Promise<void> {
  const files: Record<string, number> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'probe.json') continue
    const path = join(entry.parentPath, entry.name)
    files[path.slice(folder.length + 1).replaceAll('\\', '/')] = (await stat(path)).size
  }
  const about: TensorflowAbout = { format: vendorFormat, ...origin, addon: addonPath, files }
  await writeFile(join(folder, 'about.json'), JSON.stringify(about, null, 2))
}
