import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { ownKernelsFolder, vendorFolder } from '../../src/main/engine/backend/vendor.ts'
import { checkoutRoot, engineOfCheckout } from '../../src/main/host/engineFiles.ts'
import { rendererFolder, root } from '../build/targets.ts'
import { writeCommands } from './commands.ts'
import { isNeeded, runtimePackages } from './packages.ts'

/** The source that the engine, the command line and serve mode consist of; Electron's own few files are in the app. */
const sources = ['src/shared', 'src/main/engine', 'src/main/host', 'src/main/serve', 'src/main/commands']
const files = [
  'src/main/serve.ts',
  'src/main/cli.ts',
  'src/main/installed.ts',
  'package.json',
  'LICENSE',
  'assets',
]

const posix = (file: string) => file.split(sep).join('/')

function copy(from: string, to: string, needed: (file: string) => boolean = () => true): void {
  if (!existsSync(from)) return
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (file) => file === from || needed(`/${posix(relative(from, file))}`),
  })
}

/** A package of its own: packages below it have their own place in the list. */
function copyPackage(folder: string, engine: string): void {
  copy(
    join(root, folder),
    join(engine, folder),
    (file) => !file.startsWith('/node_modules') && isNeeded(`/${folder}${file}`),
  )
}

/**
 * Lays out what goes beside the app: `engine/` (sources, packages, page, native library, starter weights) and `node/` (a plain
 * Node 24) and `bin/` (the command line). The engine runs from there exactly as from a checkout.
 */
export function stage(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  const engine = join(folder, 'engine')
  for (const place of [...sources, ...files]) copy(join(root, place), join(engine, place))
  for (const one of runtimePackages()) copyPackage(one, engine)
  copy(rendererFolder, join(engine, 'out', 'renderer'))
  const vendor = vendorFolder(process.env)
  const parts = ['tensorflow', 'weights', ownKernelsFolder].filter((part) => existsSync(join(vendor, part)))
  for (const part of parts) copy(join(vendor, part), join(engine, 'vendor', part))

  writeCommands(join(folder, 'bin'))
  const { node } = engineOfCheckout(checkoutRoot())
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  copy(node, join(folder, 'node', name))
  const licence = [join(dirname(node), '..', 'LICENSE'), join(dirname(node), 'LICENSE')].find(existsSync)
  if (licence !== undefined) copy(licence, join(folder, 'node', 'LICENSE'))
}

/** Parts of the layout that are not there, in words. */
export function missingFrom(folder: string): string[] {
  const wanted: [string, string][] = [
    ['the library', 'engine/src/main/engine/library.ts'],
    ['the trainer', 'engine/src/main/engine/trainer.ts'],
    ['the command line', 'engine/src/main/installed.ts'],
    ['the page', 'engine/out/renderer/index.html'],
    ['the native library', 'engine/vendor/tensorflow/about.json'],
    ['the starter weights', 'engine/vendor/weights/about.json'],
    ['Node', process.platform === 'win32' ? 'node/node.exe' : 'node/node'],
  ]
  const missing = wanted.filter(([, place]) => !existsSync(join(folder, place))).map(([name]) => name)
  const packages = join(folder, 'engine', 'node_modules')
  return existsSync(packages) && readdirSync(packages).length > 0 ? missing : [...missing, 'the packages']
}
