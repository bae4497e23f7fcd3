import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { GpuProgress } from '../../shared/api/gpu.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useLoaded } from './loaded.ts'

/** Graphics cards and the GPU pack. An installation goes on while other rooms are looked at. */
export const useGpu = defineStore('gpu', () => {
  const api = useApi()
  const { loaded, reload } = useLoaded(() => api.call('gpu.state', {}))
  const progress = shallowRef<GpuProgress>()
  const error = shallowRef<PlainError>()
  const removing = shallowRef(false)
  let controller: AbortController | undefined
  api.on('gpu.changed', () => void reload())

  async function guarded(work: () => Promise<unknown>): Promise<boolean> {
    error.value = undefined
    try {
      await work()
      return true
    } catch (failure) {
      const plain = plainError(failure)
      if (plain.code !== 'cancelled') error.value = plain
      return false
    } finally {
      await reload()
    }
  }

  /** @returns whether it is installed now; what went wrong is in `error` */
  async function install(): Promise<boolean> {
    controller = new AbortController()
    const { signal } = controller
    progress.value = { step: 'looking', package: '', received: 0, total: 0 }
    return guarded(() =>
      api.call('gpu.install', {}, { signal, onProgress: (item) => (progress.value = item) }),
    ).finally(() => (progress.value = undefined))
  }

  async function remove(): Promise<boolean> {
    removing.value = true
    return guarded(() => api.call('gpu.remove', {})).finally(() => (removing.value = false))
  }

  return { loaded, progress, error, removing, install, remove, reload, cancel: () => controller?.abort() }
})
