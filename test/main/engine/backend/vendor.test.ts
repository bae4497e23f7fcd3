import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  nativeAddon,
  starterWeights,
  vendorFolder,
  vendorFormat,
} from '../../../../src/main/engine/backend/vendor.ts'

let vendor: string

beforeEach(() => {
  vendor = mkdtempSync(join(tmpdir(), 'thaw-vendor-'))
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(vendor, { recursive: true })
})

function lay(folder: string, about: object, files: Record<string, string>) {
  mkdirSync(join(vendor, folder), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(vendor, folder, name), text)
  writeFileSync(join(vendor, folder, 'about.json'), JSON.stringify(about))
}

const addon = {
  format: vendorFormat,
  version: '2.21.0',
  addon: 'a.node',
  files: { 'a.node': 3, 'lib.so': 4 },
}

describe('the vendor folder', () => {
  it('is the one that THAW_VENDOR names', () => {
    vi.stubEnv('THAW_VENDOR', vendor)
    expect(vendorFolder()).toBe(vendor)
  })

  it('is vendor/ of the checkout otherwise', () => {
    vi.stubEnv('THAW_VENDOR', '')
    expect(vendorFolder()).toBe(join(process.cwd(), 'vendor'))
  })

  it('has an addon once all its files are there in their length', () => {
    lay('tensorflow', addon, { 'a.node': 'abc', 'lib.so': 'abcd' })
    expect(nativeAddon(vendor)).toMatchObject({ version: '2.21.0', path: join(vendor, 'tensorflow/a.node') })
  })

  it.each<[string, object, Record<string, string>]>([
    ['a library is missing', addon, { 'a.node': 'abc' }],
    ['a library is cut short', addon, { 'a.node': 'abc', 'lib.so': 'ab' }],
    ['another version of set-up made it', { ...addon, format: 0 }, { 'a.node': 'abc', 'lib.so': 'abcd' }],
  ])('has none where %s', (_why, about, files) => {
    lay('tensorflow', about, files)
    expect(nativeAddon(vendor)).toBeUndefined()
  })

  it('has none where nothing was set up', () => {
    expect(nativeAddon(vendor)).toBeUndefined()
    expect(starterWeights(vendor)).toBeUndefined()
  })

  it('has starter weights once they are there in their length', () => {
    const about = { format: vendorFormat, file: 'w.pth', bytes: 2 }
    lay('weights', about, { 'w.pth': 'ab' })
    expect(starterWeights(vendor)?.path).toBe(join(vendor, 'weights/w.pth'))
    lay('weights', about, { 'w.pth': 'a' })
    expect(starterWeights(vendor)).toBeUndefined()
  })
})
