import type { Ref } from 'vue'
import { figurePicture } from '../components/charts/figurePicture.ts'
import { saveFile } from '../components/charts/saveFile.ts'
import { useMessages } from '../stores/messages.ts'
import { chartColorsOf } from './useChartColors.ts'

/** At least so many pixels a pixel of the page: it may be printed. */
const leastPixels = 2

/**
 * Saves what an element shows as a PNG under its title; a failure is told.
 * @param figure what is drawn, in the theme's colours as they are then
 * @param part of it that is the figure proper
 */
export function useFigurePicture(
  figure: Ref<HTMLElement | null>,
  title: () => string,
  part: (figure: HTMLElement) => HTMLElement = (whole) => whole,
): () => Promise<void> {
  const messages = useMessages()

  return async () => {
    if (!figure.value) return
    const element = part(figure.value)
    const { fontFamily } = getComputedStyle(element)
    const head = { title: title(), lines: [], colors: chartColorsOf(figure.value), fontFamily }
    await messages.attempt(async () => {
      const pixels = Math.max(leastPixels, window.devicePixelRatio)
      const address = await figurePicture(element, pixels, head)
      if (address) saveFile(address, `${title()}.png`)
    })
  }
}
