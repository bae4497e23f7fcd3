import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { mainConfig, mainFolder, preloadConfig, rendererConfig, rendererFolder, root } from './targets.ts'

export async function buildRenderer(): Promise<void> {
  await build(rendererConfig())
}

export async function buildDesktop(): Promise<void> {
  rmSync(mainFolder, { recursive: true, force: true })
  await build(mainConfig())
  await build(preloadConfig())
}

const newest = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0)

const isOlder = (built: string, sources: string[]): boolean => {
  const made = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return sources.some((source) => newest(join(root, 'src', source)) > made)
}

/** Builds what is not there or older than its sources. */
export async function ensureBuilt({ desktop }: { desktop: boolean }): Promise<void> {
  if (isOlder(join(rendererFolder, 'index.html'), ['renderer', 'shared'])) await buildRenderer()
  if (desktop && isOlder(join(mainFolder, 'preload.cjs'), ['main', 'shared'])) await buildDesktop()
}
