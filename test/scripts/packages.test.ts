import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { isNeeded, runtimePackages } from '../../scripts/package/packages.ts'

const root = path.resolve(import.meta.dirname, '..', '..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const packages = runtimePackages()

/** What the engine's sources name of packages: `import`, `import()`, `require.resolve`. Types alone are none of it. */
function named(): string[] {
  const files = globSync('src/{shared,main/{engine,host,serve,commands}}/**/*.ts', { cwd: root })
  const found = files.flatMap((file) =>
    [
      ...read(file)
        .replace(/import type [\s\S]*?from '[^']*'/g, '')
        .matchAll(/(?:from |import\(|resolve\(|require\()'((?:@[\w-]+\/)?[a-z][\w.-]*(?:\/[\w./-]+)?)'/g),
    ].map(([, name]) => name!),
  )
  // Electron is beside the engine; `os` is of a Python program that an export writes.
  const isPackage = (name: string) => !/^(electron(\/.*)?|os)$/.test(name)
  return [...new Set(found)].filter(isPackage)
}
const require = createRequire(path.join(root, 'src/main/engine/library.ts'))

describe('the packages that are shipped', () => {
  it('are those that the engine names, and what these need', () => {
    const missing = named()
      .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0])
      .filter((name) => !packages.includes(`node_modules/${name}`))
    expect(missing).toEqual([])
    expect(packages).toEqual(expect.arrayContaining(['node_modules/google-protobuf', 'node_modules/luxon']))
  })

  it('hold every file that is named by its path', () => {
    const files = named()
      .filter((name) => name.split('/').length > (name.startsWith('@') ? 2 : 1))
      .map((name) => require.resolve(name).slice(root.length).split(path.sep).join('/'))
    expect(files).toEqual(
      expect.arrayContaining([
        '/node_modules/@tensorflow/tfjs/dist/tf.min.js',
        '/node_modules/libheif-js/libheif-wasm/libheif-bundle.mjs',
      ]),
    )
    expect(files.filter((file) => !isNeeded(file))).toEqual([])
  })

  it('hold nothing that nobody loads', () => {
    const unloaded =
      /node_modules\/(core-js|hono|express|jose|yargs|tar|vue|electron|vite|@types\/.*|@mapbox\/.*)$/
    expect(packages.filter((folder) => unloaded.test(folder))).toEqual([])
    for (const file of [
      '/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.jsep.wasm',
      '/node_modules/onnxruntime-web/dist/ort.all.js',
      '/node_modules/@tensorflow/tfjs-core/dist/tf-core.es2017.js',
      '/node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
      '/node_modules/zod/v4/index.d.ts',
      '/node_modules/sharp/lib/index.js.map',
    ])
      expect(isNeeded(file), file).toBe(false)
    for (const file of [
      '/node_modules/onnxruntime-web/dist/ort.node.min.mjs',
      '/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
      '/node_modules/@tensorflow/tfjs/dist/tf.node.js',
      '/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm',
      '/node_modules/@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js',
      '/node_modules/zod/LICENSE',
    ])
      expect(isNeeded(file), file).toBe(true)
  })
})

describe('what a Mac is asked for', () => {
  it('is declared: compiling, libraries that others signed, the camera – and no more', () => {
    const keys = [...read('assets/entitlements.mac.plist').matchAll(/<key>(.*)<\/key>\s*<true\/>/g)]
    expect(keys.map(([, key]) => key!.replace('com.apple.security.', ''))).toEqual([
      'cs.allow-jit',
      'cs.allow-unsigned-executable-memory',
      'cs.disable-library-validation',
      'device.camera',
    ])
    const config = read('electron-builder.yml')
    expect(config).toMatch(/hardenedRuntime: true/)
    expect(config).toMatch(/^ {2}entitlements: assets\/entitlements\.mac\.plist$/m)
    expect(config).toMatch(/^ {2}entitlementsInherit: assets\/entitlements\.mac\.plist$/m)
    expect(config).toMatch(/NSCameraUsageDescription: \S/)
  })
})
