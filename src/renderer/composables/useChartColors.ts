import { onMounted, onUnmounted, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { useSettings } from '../stores/settings.ts'

const names = [
  'chart-1',
  'chart-2',
  'chart-3',
  'chart-4',
  'chart-5',
  'chart-6',
  'chart-7',
  'chart-8',
  'chart-grid',
  'chart-axis',
  'surface',
  'text',
  'accent',
  'good',
  'bad',
] as const
export type ChartColors = Record<(typeof names)[number], string>

/** The colours of the theme as a canvas takes them, read off an element, and again when the theme changes. */
export function useChartColors(element: Ref<HTMLElement | null>): Ref<ChartColors | undefined> {
  const settings = useSettings()
  const colors = shallowRef<ChartColors>()
  const system = matchMedia('(prefers-color-scheme: dark)')

  function read(): void {
    const probe = element.value
    if (!probe) return
    const entries = names.map((name) => {
      probe.style.color = `var(--${name})`
      return [name, getComputedStyle(probe).color] as const
    })
    probe.style.color = ''
    colors.value = Object.fromEntries(entries) as ChartColors
  }

  onMounted(read)
  watch(() => settings.settings.theme, read, { flush: 'post' })
  system.addEventListener('change', read)
  onUnmounted(() => system.removeEventListener('change', read))
  return colors
}
