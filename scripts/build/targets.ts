import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InlineConfig } from 'vite'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const rendererFolder = join(root, 'out', 'renderer')
export const mainFolder = join(root, 'out', 'main')

/** The page, as vite.renderer.config.ts has it. */
export const rendererConfig = (): InlineConfig => ({
  configFile: join(root, 'vite.renderer.config.ts'),
  root: join(root, 'src', 'renderer'),
  logLevel: 'warn',
})

const external = ['electron', /^node:/, ...builtinModules]

function nodeConfig(entry: string, fileName: string, format: 'es' | 'cjs'): InlineConfig {
  return {
    configFile: false,
    logLevel: 'warn',
    envDir: false,
    root,
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: mainFolder,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: join(root, 'src', 'main', entry),
        external,
        output: { format, entryFileNames: fileName },
      },
    },
  }
}

/** Electron's main process: one file, so that the app needs no packages of its own. */
export const mainConfig = (): InlineConfig => nodeConfig('index.ts', 'index.js', 'es')

/** A sandboxed preload script is one CommonJS file. */
export const preloadConfig = (): InlineConfig => nodeConfig('preload.ts', 'preload.cjs', 'cjs')
