import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../build/targets.ts'

export type Desktop = { binary: string } | { reason: string }

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

/** Electron's binary: where ELECTRON_OVERRIDE_DIST_PATH says, or in its package once it has been fetched. */
function installedBinary(): string | undefined {
  const folder = join(root, 'node_modules', 'electron')
  const marker = join(folder, 'path.txt')
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) {
    const binary = join(override, process.platform === 'win32' ? 'electron.exe' : 'electron')
    return existsSync(binary) ? binary : undefined
  }
  if (!existsSync(marker)) return undefined
  const binary = join(folder, 'dist', readFileSync(marker, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

/** The package's own download: npm runs no package's script here. */
function fetchBinary(): void {
  console.error('Fetching Electron, once …')
  spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 600_000,
  })
}

/** Electron, fetched if there is a display to show it on; else why there is no window. */
export function findElectron(): Desktop {
  if (!hasDisplay()) return { reason: 'there is no display here' }
  if (!installedBinary()) fetchBinary()
  const binary = installedBinary()
  return binary === undefined ? { reason: 'Electron could not be fetched' } : { binary }
}
