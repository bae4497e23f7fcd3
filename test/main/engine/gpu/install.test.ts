import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GpuProgress } from '../../../../src/shared/api/gpu.ts'
import type { InstallOptions } from '../../../../src/main/engine/gpu/install.ts'
import { installGpuPack } from '../../../../src/main/engine/gpu/install.ts'
import { gpuPack, removeGpuPack } from '../../../../src/main/engine/gpu/pack.ts'
import { fakePack, fakeVendor, serveWheels } from '../../../support/fakePack.ts'
import type { WheelServer } from '../../../support/fakePack.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const { list, files } = fakePack()
const place = temporaryFolder()
let server: WheelServer
let vendor: string
let folder: string
let tests = 0

beforeAll(async () => {
  vendor = place.path('vendor')
  await fakeVendor(vendor, 'module.exports = {}')
})
beforeEach(async () => {
  server = await serveWheels(files)
  tests += 1
  folder = place.path(`gpu-${tests}`)
})
afterEach(() => server.close())

const never = new AbortController().signal
const install = (more: Partial<InstallOptions> = {}) =>
  installGpuPack({
    folder,
    list,
    vendor,
    signal: never,
    addressesOf: () => Promise.resolve(server.addresses),
    onProgress: server.arrived,
    ...more,
  })
const inPack = (...parts: string[]) => path.join(folder, 'pack', ...parts)
const state = () => gpuPack(folder, list)
const total = list.wheels.reduce((sum, { bytes }) => sum + bytes, 0)
const fetched = () => server.requests.map(([name]) => name)

describe('installing the GPU pack', () => {
  it('lays the libraries where they find each other, and keeps nothing else', async () => {
    await install()
    expect(readdirSync(folder)).toEqual(['lock.sqlite', 'pack'])
    expect(readFileSync(inPack('deps/lib/libtensorflow_framework.so.2'), 'utf8')).toContain('framework')
    expect(readFileSync(inPack('deps/nvidia/cudnn/lib/libcudnn.so.9'), 'utf8')).toContain('cudnn')
    expect(readlinkSync(inPack('deps/lib/libtensorflow.so.2'))).toBe('libtensorflow_cc.so.2')
    expect(readdirSync(inPack('deps/nvidia/cuda_runtime/lib'))).toEqual(['libcudart.so.12'])
    expect(existsSync(inPack('deps/nvidia/cuda_runtime/include'))).toBe(false)
    expect(existsSync(inPack('deps/lib/python'))).toBe(false)
    expect(existsSync(inPack('lib/napi-v8/addon.cjs'))).toBe(true)
  })

  it('brings the licences along', async () => {
    await install()
    expect(readFileSync(inPack('deps/nvidia/cudnn/LICENSE.txt'), 'utf8')).toBe('the licence of cuDNN')
    expect(readFileSync(inPack('deps/lib/THIRD_PARTY_NOTICES.txt'), 'utf8')).toBe('notices')
  })

  it('is told before and afterwards', async () => {
    expect(await state()).toMatchObject({ supported: true, installed: null, received: 0, download: total })
    await install()
    expect(await state()).toMatchObject({
      installed: { tensorflow: '2.21.0', cudnn: '9.28.0.42', current: true },
      received: 0,
    })
    expect((await state()).installed!.bytes).toBeGreaterThan(40_000)
  })

  it('reports its progress over all packages, and each connection', async () => {
    const progress: GpuProgress[] = []
    const connections: string[] = []
    await install({
      onProgress: (item) => progress.push(item),
      onConnection: (url, why) => connections.push(`${url} ${why}`),
    })
    expect(progress.every((item) => item.total === total)).toBe(true)
    expect(progress.map((item) => item.received)).toEqual(
      progress.map((item) => item.received).toSorted((a, b) => a - b),
    )
    expect(progress.at(-1)).toEqual({
      step: 'unpacking',
      package: 'nvidia-cudnn-cu12',
      received: total,
      total,
    })
    expect(connections).toEqual([
      'pip GPU pack',
      `${server.addresses.get('tensorflow')} tensorflow-2.21.0.whl`,
      expect.stringContaining('nvidia-cuda-runtime-cu12-12.9.79.whl'),
      expect.stringContaining('nvidia-cudnn-cu12-9.28.0.42.whl'),
    ])
  })

  it('goes on inside the file where the connection broke', async () => {
    server.breakIn = 'nvidia-cudnn-cu12'
    await expect(install()).rejects.toMatchObject({ code: 'download.failed' })
    const { installed, received } = await state()
    expect(installed).toBeNull()
    expect(received).toBeGreaterThan(total / 2)
    server.requests.length = 0
    await install()
    const half = files.get('nvidia-cudnn-cu12')!.length >> 1
    expect(server.requests).toEqual([['nvidia-cudnn-cu12', half]])
    expect((await state()).installed).toMatchObject({ current: true })
  })

  it('refuses a file that is not what was announced, and fetches it again', async () => {
    const wrong = Buffer.from(files.get('nvidia-cudnn-cu12')!)
    wrong[100]! ^= 1
    server.instead.set('nvidia-cudnn-cu12', wrong)
    await expect(install()).rejects.toMatchObject({ code: 'weights.checksum' })
    expect((await state()).installed).toBeNull()
    server.instead.clear()
    server.requests.length = 0
    await install()
    expect(server.requests).toEqual([['nvidia-cudnn-cu12', 0]])
  })

  it('leaves nothing half installed when it is cancelled, and goes on afterwards', async () => {
    for (const step of ['looking', 'downloading', 'unpacking'] as const) {
      const controller = new AbortController()
      const stopped = install({
        signal: controller.signal,
        onProgress: (item) => {
          if (item.step === step && item.package !== 'tensorflow') controller.abort()
          if (step === 'looking') controller.abort()
        },
      })
      await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
      expect((await state()).installed).toBeNull()
      expect(existsSync(inPack())).toBe(false)
    }
    await install()
    expect(fetched().filter((name) => name === 'tensorflow')).toHaveLength(1)
    expect((await state()).installed).not.toBeNull()
  })

  it('asks for the space it needs before it fetches anything', async () => {
    const tight = install({ spaceIn: () => Promise.resolve(10_000) })
    await expect(tight).rejects.toMatchObject({ code: 'gpu.no-space' })
    expect(server.requests).toEqual([])
  })

  it('says so when the disk is full after all, and keeps what is whole', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const failing = install({
      onProgress: ({ step, package: name }) => {
        if (step === 'unpacking' && name === 'nvidia-cudnn-cu12') throw full
      },
    })
    await expect(failing).rejects.toMatchObject({ code: 'disk.full' })
    expect((await state()).installed).toBeNull()
    server.requests.length = 0
    await install()
    expect(server.requests).toEqual([])
  })

  it('keeps the former pack until the new one is whole', async () => {
    await install()
    const newer = structuredClone(list)
    newer.wheels[2] = { ...newer.wheels[2]!, version: '9.30.0' }
    const now = () => gpuPack(folder, newer)
    server.breakIn = 'nvidia-cudnn-cu12'
    await expect(install({ list: newer })).rejects.toMatchObject({ code: 'download.failed' })
    expect((await now()).installed).toMatchObject({ cudnn: '9.28.0.42', current: false })
    await install({ list: newer })
    expect((await now()).installed).toMatchObject({ cudnn: '9.30.0', current: true })
    expect(readdirSync(folder)).toEqual(['lock.sqlite', 'pack'])
  })

  it('takes wheels from a folder where the package index is one', async () => {
    const addresses = new Map<string, string>()
    for (const [name, bytes] of files) {
      const file = await put(place.path('wheels', `${name}.whl`), bytes)
      addresses.set(name, pathToFileURL(file).href)
    }
    await install({ addressesOf: () => Promise.resolve(addresses) })
    expect((await state()).installed).not.toBeNull()
    await rm(path.join(folder), { recursive: true })
    await writeFile(place.path('wheels', 'tensorflow.whl'), 'something else')
    const wrong = install({ addressesOf: () => Promise.resolve(addresses) })
    await expect(wrong).rejects.toMatchObject({ code: 'weights.checksum' })
  })

  it('is done by one process at a time', async () => {
    const first = install({
      addressesOf: async () => {
        await expect(install()).rejects.toMatchObject({ code: 'busy' })
        await expect(removeGpuPack(folder)).rejects.toMatchObject({ code: 'busy' })
        return server.addresses
      },
    })
    await first
    expect((await state()).installed).not.toBeNull()
  })

  it('goes on after a process that was killed', async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(path.join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1 }))
    await install()
    expect((await state()).installed).not.toBeNull()
  })

  it('needs the addon, and a platform that there is a pack for', async () => {
    await expect(install({ vendor: place.path('nowhere') })).rejects.toMatchObject({ code: 'gpu.no-addon' })
    const other = { ...list, platform: 'plan9-mips' }
    await expect(install({ list: other })).rejects.toMatchObject({ code: 'gpu.unsupported' })
  })

  it('can be undone, a part of a download included', async () => {
    await install()
    await removeGpuPack(folder)
    expect(readdirSync(folder)).toEqual(['lock.sqlite'])
    server.breakIn = 'tensorflow'
    await expect(install()).rejects.toMatchObject({ code: 'download.failed' })
    expect((await state()).received).toBeGreaterThan(0)
    await removeGpuPack(folder)
    expect(await state()).toMatchObject({ installed: null, received: 0 })
  })
})
