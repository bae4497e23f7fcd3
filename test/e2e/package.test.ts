import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { beforeAll, describe, expect, test } from 'vitest'
import { put } from '../support/folder.ts'

const root = path.resolve(import.meta.dirname, '..', '..')
const app = path.join(root, 'dist', 'linux-unpacked')
const resources = path.join(app, 'resources')
const command = ['scripts/node24.mjs', 'scripts/package.ts', '--dir']

const releases = 'https://releases.example/thaw/'
const there = [
  'bin/thaw',
  'node/node',
  'node/LICENSE',
  'engine/package.json',
  'engine/LICENSE',
  'engine/src/main/cli.ts',
  'engine/src/main/installed.ts',
  'engine/src/main/engine/library.ts',
  'engine/src/main/engine/trainer.ts',
  'engine/src/main/engine/preprocess/workers/photoWorker.ts',
  'engine/out/renderer/index.html',
  'engine/vendor/tensorflow/about.json',
  'engine/vendor/weights/about.json',
  'engine/node_modules/sharp/package.json',
  'engine/node_modules/@tensorflow/tfjs/package.json',
]
const notThere = ['engine/node_modules/electron', 'engine/node_modules/vite', 'engine/src/renderer']

// Only Electron for Linux can be stood in for: the others' binaries are signed and structured.
describe.skipIf(process.platform !== 'linux')('The package', () => {
  beforeAll(async () => {
    // The real parts are 600 MB; what is of interest is that they come along.
    const vendor = mkdtempSync(path.join(tmpdir(), 'thaw-vendor-'))
    await put(path.join(vendor, 'tensorflow', 'about.json'), '{}')
    await put(path.join(vendor, 'weights', 'about.json'), '{}')
    const env = {
      ...process.env,
      THAW_SETUP: 'skip',
      THAW_VENDOR: vendor,
      ELECTRON_OVERRIDE_DIST_PATH: '/nowhere',
      THAW_RELEASES: releases,
    }
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  })

  test('holds app, Node, engine, native library and starter weights, and nothing of development', () => {
    expect(readdirSync(resources).sort()).toEqual(['app-update.yml', 'app.asar', 'bin', 'engine', 'node'])
    expect(readdirSync(path.join(app, 'locales')).sort()).toEqual(['en-US.pak', 'ko.pak'])
    expect(there.filter((place) => !existsSync(path.join(resources, place)))).toEqual([])
    expect(notThere.filter((place) => existsSync(path.join(resources, place)))).toEqual([])
  })

  test('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(path.join(app, 'thaw-app'))
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ]
    const on = [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseV1Options.OnlyLoadAppFromAsar]
    for (const fuse of off) expect(wire[fuse]).toBe(FuseState.DISABLE)
    for (const fuse of on) expect(wire[fuse]).toBe(FuseState.ENABLE)
  })

  test('looks for updates where packaging was told, and nowhere else', () => {
    expect(readFileSync(path.join(resources, 'app-update.yml'), 'utf8')).toContain(`url: ${releases}\n`)
  })

  test('has the command line', () => {
    const { stdout, stderr } = spawnSync(
      path.join(resources, 'bin', 'thaw'),
      ['network', 'vgg16', '--json'],
      {
        encoding: 'utf8',
        env: { ...process.env, THAW_HOME: mkdtempSync(path.join(tmpdir(), 'thaw-package-')) },
      },
    )
    expect(stdout.split('\n')[0], stderr).toContain('"name":"features"')
  })

  test('runs its engine with its own Node and its own packages', () => {
    const home = mkdtempSync(path.join(tmpdir(), 'thaw-package-'))
    const library = path.join(resources, 'engine', 'src', 'main', 'engine', 'library', 'open.ts')
    const script = `
      const { openLibrary } = await import(${JSON.stringify(library)})
      const library = await openLibrary({ home: ${JSON.stringify(home)}, cache: ${JSON.stringify(`${home}/c`)} }, () => 0)
      const context = { signal: new AbortController().signal, progress: () => 0 }
      console.log((await library.handlers['sample.draw']({ seed: 1 }, context)).classes.join())
      await library.close()`
    const file = path.join(home, 'script.mjs')
    writeFileSync(file, script)
    const { stdout, stderr } = spawnSync(path.join(resources, 'node', 'node'), [file], { encoding: 'utf8' })
    expect(stdout.trim(), stderr).toBe('spotted,striped')
  })
})
