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

/** The colours of the theme as they are now, read off an element. */
export function chartColorsOf(element: HTMLElement): ChartColors {
  const entries = names.map((name) => {
    element.style.color = `var(--${name})`
    return [name, getComputedStyle(element).color] as const
  })
  element.style.color = ''
  return Object.fromEntries(entries) as ChartColors
}

/** The colours of the theme as a canvas takes them, read off an element, and again when the theme changes. */
export function useChartColors(element: Ref<HTMLElement | null>): Ref<ChartColors | undefined> {
  const settings = useSettings()
  const colors = shallowRef<ChartColors>()
  const system = matchMedia('(prefers-color-scheme: dark)')

  function read(): void {
    if (element.value) colors.value = chartColorsOf(element.value)
  }

  onMounted(read)
  watch(() => settings.settings.theme, read, { flush: 'post' })
  system.addEventListener('change', read)
  onUnmounted(() => system.removeEventListener('change', read))
  return colors
}
