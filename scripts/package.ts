/**
 * `npm run package [-- --dir]`: builds the app, lays the engine beside it, and packs installers for this system (`--dir`: only
 * the unpacked app, in dist/). Without Electron's binary `--dir` works on a stand-in, which shows the layout and cannot be started.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'electron-builder'
import about from 'electron/package.json' with { type: 'json' }
import { buildDesktop, buildRenderer } from './build/build.ts'
import { root } from './build/targets.ts'
import { missingFrom, stage } from './package/stage.ts'
import { standInElectron } from './package/standIn.ts'
import { ensureSetup } from './setup/ensure.ts'

const { values } = parseArgs({ options: { dir: { type: 'boolean', default: false } } })

function electronFolder(): string | undefined {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] || join(root, 'node_modules', 'electron', 'dist')
  return existsSync(join(folder, 'version')) ? folder : undefined
}

await ensureSetup()
await buildRenderer()
await buildDesktop()
const staged = join(root, 'stage')
stage(staged)
for (const part of missingFrom(staged)) console.error(`The package will be without ${part}.`)

/** The project's page in the web. A .deb must name one, and none is made up: without it there is an AppImage only. */
const homepage = process.env['THAW_HOMEPAGE']
if (!homepage && !values.dir && process.platform === 'linux')
  console.error('THAW_HOMEPAGE is not set: no .deb is made, since it has to name a page.')

/** Where whoever publishes lays the installers and electron-builder's list of them: updates are looked for there, and nowhere else. */
const releases = process.env['THAW_RELEASES']

let electronDist = electronFolder()
if (electronDist === undefined && values.dir) {
  console.error('Electron is not here: the package is laid out around a stand-in and cannot be started.')
  electronDist = standInElectron(join(root, '.cache', 'electron-stand-in'), about.version)
}
await build({
  projectDir: root,
  publish: 'never',
  ...(values.dir && { dir: true }),
  config: {
    extends: join(root, 'electron-builder.yml'),
    ...(electronDist !== undefined && { electronDist }),
    ...(homepage ? { extraMetadata: { homepage } } : { linux: { target: ['AppImage'] } }),
    ...(releases && { publish: { provider: 'generic' as const, url: releases } }),
  },
})
