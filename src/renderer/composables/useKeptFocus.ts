import { onMounted, onUnmounted } from 'vue'

const stops =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]'

/** Where there is nobody to see, as in tests, all is shown. */
const isShown = (element: Element) =>
  !('checkVisibility' in element) || element.checkVisibility({ visibilityProperty: true })

/** What can have the focus in a node, itself included, in the page's order. */
function stopsIn(node: Node): HTMLElement[] {
  if (!(node instanceof HTMLElement) || !node.isConnected) return []
  const all = [node, ...node.querySelectorAll<HTMLElement>(stops)]
  return all.filter((it) => it.matches(stops) && isShown(it))
}

/** From where something was taken out of the page, and what was put there at once. */
interface Place {
  parent: Node
  previous: Node | null
  next: Node | null
  instead: Node[]
}

/** The nearest that can have the focus: in what came instead, behind it, before it, then around it. */
function nearest({ parent, previous, next, instead }: Place, within: Element): HTMLElement | undefined {
  for (const node of instead) {
    const first = stopsIn(node)[0]
    if (first) return first
  }
  for (let node = next; node; node = node.nextSibling) {
    const first = stopsIn(node)[0]
    if (first) return first
  }
  for (let node = previous; node; node = node.previousSibling) {
    const last = stopsIn(node).at(-1)
    if (last) return last
  }
  if (parent === within || !parent.parentNode) return undefined
  const { parentNode, previousSibling, nextSibling } = parent
  return nearest({ parent: parentNode, previous: previousSibling, next: nextSibling, instead: [] }, within)
}

/** Where the element was, by the record of its removal, if these tell it. */
function placeOf(element: Element, records: readonly MutationRecord[]): Place | undefined {
  const isOut = ({ removedNodes }: MutationRecord) => [...removedNodes].some((node) => node.contains(element))
  const removal = records.find(isOut)
  if (!removal) return undefined
  const { target: parent, previousSibling: previous, nextSibling: next } = removal
  const instead = records.filter(({ target }) => target === parent).flatMap((it) => [...it.addedNodes])
  return { parent, previous, next, instead }
}

/**
 * Whoever works by the keyboard stays where they are when what had the focus goes: a button that its own press takes away, a menu that
 * closes. Then the nearest that is left has it; what is only disabled meanwhile has it again. A pointer needs none, and whoever puts
 * the focus somewhere on purpose comes first.
 * @param within the room: what goes outside of it gives the focus to the room
 */
export function useKeptFocus(within: () => HTMLElement | undefined): void {
  let held: Element | null = null
  let isByKey = false

  const isLost = () =>
    isByKey && (document.activeElement === null || document.activeElement === document.body)

  function look(records: readonly MutationRecord[]): void {
    const lost = held
    const room = within()
    if (!lost || !room || !isLost()) return
    if (lost.isConnected) {
      // It was disabled while its work was done.
      if (lost instanceof HTMLElement && lost.matches(stops)) lost.focus({ preventScroll: true })
      return
    }
    const place = placeOf(lost, records)
    if (!place) return
    // After those who give the focus back themselves, as dialogs do.
    setTimeout(() => {
      if (held !== lost || !isLost()) return
      const to = room.contains(place.parent) ? nearest(place, room) : undefined
      ;(to ?? room).focus({ preventScroll: to === undefined })
    })
  }

  const observer = new MutationObserver(look)
  const onFocus = ({ target }: FocusEvent) => (held = target as Element)
  const onKey = () => (isByKey = true)
  const onPointer = () => (isByKey = false)
  onMounted(() => {
    document.addEventListener('focusin', onFocus)
    document.addEventListener('keydown', onKey, true)
    document.addEventListener('pointerdown', onPointer, true)
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] })
  })
  onUnmounted(() => {
    document.removeEventListener('focusin', onFocus)
    document.removeEventListener('keydown', onKey, true)
    document.removeEventListener('pointerdown', onPointer, true)
    observer.disconnect()
  })
}
