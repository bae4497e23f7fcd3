import { installGpuPack } from '../gpu/install.ts'
import { gpuPack, removeGpuPack } from '../gpu/pack.ts'
import { gpuState, requireUsableCard } from '../gpu/state.ts'
import type { Library, LibraryHandlers } from './context.ts'

type GpuCall = 'gpu.state' | 'gpu.install' | 'gpu.remove'

export function gpuHandlers({ paths, emit, connections }: Library): Pick<LibraryHandlers, GpuCall> {
  return {
    'gpu.state': () => gpuState(paths.gpu),
    'gpu.install': async (_, { signal, progress }) => {
      await requireUsableCard()
      await installGpuPack({
        folder: paths.gpu,
        signal,
        onProgress: progress,
        onConnection: (url, why) => connections.add(url, why),
      })
      emit('gpu.changed', {})
      return gpuPack(paths.gpu)
    },
    'gpu.remove': async () => {
      await removeGpuPack(paths.gpu)
      emit('gpu.changed', {})
      return gpuPack(paths.gpu)
    },
  }
}
