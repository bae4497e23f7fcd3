import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { NativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { vendorFormat } from '../../src/main/engine/backend/vendor.ts'
import type { PackList, PackWheel } from '../../src/main/engine/gpu/packList.ts'
import type { GpuProgress } from '../../src/shared/api/gpu.ts'
import { put } from './folder.ts'
import { zipFile } from './zip.ts'

/** Wheels as the real ones are laid out, with a few thousand bytes for each library. */
const contents: Record<string, Record<string, string>> = {
  tensorflow: {
    'tensorflow/libtensorflow_cc.so.2': 'cc '.repeat(4000),
    'tensorflow/libtensorflow_framework.so.2': 'framework '.repeat(100),
    'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices',
    'tensorflow/python/eager.py': 'import sys',
    'tensorflow/include/tensorflow/c/c_api.h': 'int x;',
  },
  'nvidia-cuda-runtime-cu12': {
    'nvidia/cuda_runtime/lib/libcudart.so.12': 'cudart '.repeat(500),
    'nvidia/cuda_runtime/lib/libcudart_static.a': 'static',
    'nvidia/cuda_runtime/include/cuda.h': 'int x;',
    'nvidia/__init__.py': '',
    'nvidia_cuda_runtime_cu12-12.9.dist-info/licenses/License.txt': 'the licence of CUDA',
  },
  'nvidia-cudnn-cu12': {
    'nvidia/cudnn/lib/libcudnn.so.9': 'cudnn '.repeat(5000),
    'nvidia_cudnn_cu12-9.28.dist-info/License.txt': 'the licence of cuDNN',
  },
}

const versions: Record<string, string> = { tensorflow: '2.21.0', 'nvidia-cudnn-cu12': '9.28.0.42' }

/** What stands in for the three largest parts of the GPU pack. */
export function fakePack(): { list: PackList; files: Map<string, Buffer> } {
  const files = new Map<string, Buffer>()
  const wheels = Object.entries(contents).map(([name, entries]): PackWheel => {
    const file = zipFile(entries)
    files.set(name, file)
    return {
      package: name,
      version: versions[name] ?? '12.9.79',
      bytes: file.length,
      unpacked: Object.values(entries).reduce((sum, text) => sum + text.length, 0),
      sha256: createHash('sha256').update(file).digest('hex'),
    }
  })
  const platform = `${process.platform}-${process.arch}`
  return { list: { platform, python: '3.11', tags: ['manylinux_2_27_x86_64'], wheels }, files }
}

/** A folder as set-up leaves it, with this script as the addon: Node loads any script by `require`. */
export async function fakeVendor(
  folder: string,
  script: string,
): Promise<Omit<NativeAddon, 'path' | 'folder'>> {
  const addon = 'lib/napi-v8/addon.cjs'
  const about = {
    format: vendorFormat,
    version: '2.21.0',
    source: 'a test',
    download: '',
    addon,
    files: { [addon]: Buffer.byteLength(script) },
  }
  await put(path.join(folder, 'tensorflow', addon), script)
  await put(path.join(folder, 'tensorflow', 'about.json'), JSON.stringify(about))
  return about
}

export interface WheelServer {
  addresses: Map<string, string>
  /** Package and first byte of each request. */
  requests: [string, number][]
  /** Breaks the connection once, in the middle of this package, when that half has arrived. */
  breakIn?: string | undefined
  /** Takes each progress of the one that installs: what has arrived and is not yet read is lost with the connection. */
  arrived: (progress: Pick<GpuProgress, 'package' | 'received'>) => void
  /** What is sent instead of the file. */
  instead: Map<string, Buffer>
  close: () => void
}

/** A server that sends wheels, and parts of them. */
export async function serveWheels(files: ReadonlyMap<string, Buffer>): Promise<WheelServer> {
  let breaks: { package: string; sent: number; now: () => void } | undefined
  /** The package that is fetched, and what had been received of all when it began. */
  let fetched = { package: '', before: 0 }
  const server = createServer((request, response) => {
    const name = request.url!.slice(1)
    const file = it.instead.get(name) ?? files.get(name)!
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    it.requests.push([name, start])
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': file.length - start,
      etag: '"one"',
      ...(start > 0 && { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` }),
    })
    if (it.breakIn !== name) return void response.end(file.subarray(start))
    it.breakIn = undefined
    response.write(file.subarray(start, file.length >> 1))
    breaks = { package: name, sent: (file.length >> 1) - start, now: () => response.destroy() }
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  const it: WheelServer = {
    addresses: new Map([...files.keys()].map((name) => [name, `http://127.0.0.1:${port}/${name}`])),
    requests: [],
    instead: new Map(),
    arrived: ({ package: name, received }) => {
      if (fetched.package !== name) fetched = { package: name, before: received }
      if (breaks?.package !== name || received - fetched.before < breaks.sent) return
      breaks.now()
      breaks = undefined
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return it
}
