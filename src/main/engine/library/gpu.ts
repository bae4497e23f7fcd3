import type { GpuProgress } from '../../../shared/api/gpu.ts'
import { installGpuPack } from '../gpu/install.ts'
import { gpuPack, removeGpuPack } from '../gpu/pack.ts'
import { gpuState, requireUsableCard } from '../gpu/state.ts'
import { throughProxy } from '../proxy.ts'
import { readSettings } from '../store/settings.ts'
import type { Library, LibraryHandlers } from './context.ts'

type GpuCall = 'gpu.state' | 'gpu.install' | 'gpu.remove'

interface Installing {
  signal: AbortSignal
  progress: (item: GpuProgress) => void
}

/** Fetches the pack and puts it in place. @throws ThawError gpu.*, download.failed, cancelled, disk.full */
export async function installPack({ paths, emit, connections }: Library, { signal, progress }: Installing) {
  await requireUsableCard()
  const { proxy } = await readSettings(paths.settings)
  await throughProxy(proxy, () =>
    installGpuPack({
      folder: paths.gpu,
      signal,
      onProgress: progress,
      onConnection: (url, why) => connections.add(url, why),
    }),
  )
  emit('gpu.changed', {})
  return gpuPack(paths.gpu)
}

export function gpuHandlers(library: Library): Pick<LibraryHandlers, GpuCall> {
  const { paths, emit } = library
  return {
    'gpu.state': () => gpuState(paths.gpu),
    'gpu.install': (_, context) => installPack(library, context),
    'gpu.remove': async () => {
      await removeGpuPack(paths.gpu)
      emit('gpu.changed', {})
      return gpuPack(paths.gpu)
    },
  }
}
