import { computed, shallowRef, watch } from 'vue'
import type { ClassifyModel } from '../../shared/api/classify.ts'
import type { GradCamMap } from '../../shared/api/gradCam.ts'
import { useApi } from '../api.ts'
import { useTask } from './useTask.ts'

export interface GradCamOf {
  model: ClassifyModel
  photo: string
}

/** Grad-CAM of the photo that is asked about; of the usual layer and the answer unless something else is chosen. */
export function useGradCam(of: () => GradCamOf | undefined) {
  const api = useApi()
  const task = useTask<GradCamMap>()
  /** undefined: as usual. A layer is kept from photo to photo; a class is not. */
  const layer = shallowRef<string>()
  const about = shallowRef<number>()
  /** The last map stays until the next one is there. */
  const map = shallowRef<GradCamMap>()
  const keyOf = () => JSON.stringify(of())

  async function look(): Promise<void> {
    const asked = of()
    if (!asked) return
    const options = {
      ...(layer.value !== undefined && { layer: layer.value }),
      ...(about.value !== undefined && { class: about.value }),
    }
    const found = await task.run((signal) => api.call('gradCam', { ...asked, ...options }, { signal }))
    if (found) map.value = found
  }

  watch(keyOf, () => {
    map.value = undefined
    about.value = undefined
  })
  watch([keyOf, layer, about], look, { immediate: true })

  return {
    map,
    layer: computed({ get: () => layer.value ?? map.value?.layer, set: (name) => (layer.value = name) }),
    about: computed({ get: () => about.value ?? map.value?.class, set: (index) => (about.value = index) }),
    isLooking: task.isRunning,
    error: task.error,
    again: look,
  }
}
