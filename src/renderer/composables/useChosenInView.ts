import { useResizeObserver } from '@vueuse/core'
import { onUpdated } from 'vue'
import type { Ref } from 'vue'

/** In a row that is wider than its room, as tabs are in narrow windows, the one that is open can be seen. */
export function useChosenInView(row: Readonly<Ref<HTMLElement | null>>): void {
  function show(): void {
    if (!row.value || row.value.scrollWidth <= row.value.clientWidth) return
    // A tab's address may be that of another one, but for what is asked: then that is current too.
    const tab = row.value.querySelector('[aria-selected="true"]')
    const open = tab ?? row.value.querySelector('[aria-current="page"]')
    open?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  useResizeObserver(row, show)
  onUpdated(show)
}
