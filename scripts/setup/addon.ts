import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addonPath, muteModule } from '../../src/main/engine/backend/vendor.ts'
import { command } from '../../src/main/engine/command.ts'

const require = createRequire(import.meta.url)

/** The headers of the wheel that the binding needs, directly or by another header (of 287 MB that there are). */
export const neededHeaders = /^(tensorflow\/(c|core\/platform)|tsl\/platform|xla\/tsl|absl)\/.*\.(h|inc)$/

/**
 * Compiles tfjs-node's addon against the headers and libraries in `folder`/deps and puts it where `addonPath` says.
 * Nothing in node_modules is touched.
 * @throws with the compiler's first error
 */
export async function compileAddon(folder: string): Promise<void> {
  const source = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  const build = `${folder}-build`
  await mkdir(build, { recursive: true })
  await cp(join(source, 'binding'), join(build, 'binding'), { recursive: true })
  await symlink(join(folder, 'deps'), join(build, 'deps'), 'junction')
  const gyp = await readFile(join(source, 'binding.gyp'), 'utf8')
  const mute = process.platform !== 'win32'
  if (mute)
    await copyFile(fileURLToPath(new URL('mute_stderr.cc', import.meta.url)), join(build, 'mute_stderr.cc'))
  await writeFile(join(build, 'binding.gyp'), mute ? gyp.replace("'targets' : [", `$&${muteTarget},`) : gyp)
  const headers = nodeWithHeaders()
  const modulePath = join(build, dirname(addonPath))
  const args = [
    'rebuild',
    '--module_name=tfjs_binding',
    `--module_path=${modulePath}`,
    '--napi_build_version=8',
  ]
  if (headers) args.push(`--nodedir=${headers}`)
  const nodeGyp = require.resolve('node-gyp/bin/node-gyp.js')
  await command(process.execPath, [nodeGyp, ...args], { cwd: build, timeout: 1_200_000 })
  await mkdir(join(folder, dirname(addonPath)), { recursive: true })
  await rename(join(build, addonPath), join(folder, addonPath))
  if (mute)
    await rename(join(build, 'build/Release', muteModule), join(folder, dirname(addonPath), muteModule))
  await rm(build, { recursive: true })
}

const muteTarget = `{ 'target_name': 'mute_stderr', 'sources': ['mute_stderr.cc'] }`

/** A Node whose headers are at hand; without one node-gyp downloads them. */
function nodeWithHeaders(): string | undefined {
  const candidates = [dirname(dirname(process.execPath))]
  try {
    candidates.unshift(dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`)))
  } catch {
    // There is no such package for this platform.
  }
  return candidates.find((folder) => existsSync(join(folder, 'include/node/node_api.h')))
}
