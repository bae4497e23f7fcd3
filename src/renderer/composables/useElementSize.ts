import { onUnmounted, ref, watch } from 'vue'
import type { Ref } from 'vue'

/** Inner width and height of an element, pixels; 0 until it is there. */
export function useElementSize(element: Readonly<Ref<HTMLElement | undefined>>) {
  const width = ref(0)
  const height = ref(0)
  const observer = new ResizeObserver(([entry]) => {
    if (!entry) return
    width.value = entry.contentRect.width
    height.value = entry.contentRect.height
  })
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before)
      if (now) observer.observe(now)
    },
    { immediate: true },
  )
  onUnmounted(() => observer.disconnect())
  return { width, height }
}
