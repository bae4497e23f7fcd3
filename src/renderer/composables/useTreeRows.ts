import { computed, ref, watch } from 'vue'
import type { TreeNode } from '../../shared/model/tree.ts'

export interface TreeRow {
  node: TreeNode
  level: number
  /** Among its siblings, from 1. */
  position: number
  siblings: number
  parent: string | undefined
  /** Undefined where there is nothing to unfold. */
  isExpanded: boolean | undefined
}

/** Milliseconds between two letters of one name. */
const typingPause = 700

/** A tree as the rows that are in view, with the row that has the focus. `isShown` leaves nodes out, with all below them. */
export function useTreeRows(
  root: () => TreeNode,
  isShown: (node: TreeNode) => boolean,
  initial: Iterable<string>,
) {
  const expanded = ref<ReadonlySet<string>>(new Set(initial))
  const current = ref(root().id)
  let typed = ''
  let typedAt = -Infinity

  const rows = computed(() => {
    const found: TreeRow[] = []
    const visit = (
      node: TreeNode,
      level: number,
      position: number,
      siblings: number,
      parent?: string,
    ): void => {
      const children = node.children.filter(isShown)
      const isExpanded = children.length > 0 ? expanded.value.has(node.id) : undefined
      found.push({ node, level, position, siblings, parent, isExpanded })
      if (isExpanded)
        children.forEach((child, at) => visit(child, level + 1, at + 1, children.length, node.id))
    }
    visit(root(), 1, 1, 1)
    return found
  })

  // A row that went out of view hands the focus to the nearest one above it that is in view.
  watch(rows, (now, before) => {
    const inView = new Set(now.map(({ node }) => node.id))
    const parents = new Map(before.map(({ node, parent }) => [node.id, parent]))
    let at: string | undefined = current.value
    while (at !== undefined && !inView.has(at)) at = parents.get(at)
    current.value = at ?? root().id
  })

  const setExpanded = (ids: readonly string[], open: boolean) => {
    const next = new Set(expanded.value)
    for (const id of ids) {
      if (open) next.add(id)
      else next.delete(id)
    }
    expanded.value = next
  }

  /** The keys of the ARIA tree pattern. @returns whether the key was one of them */
  function navigate(key: string): boolean {
    const all = rows.value
    const at = all.findIndex(({ node }) => node.id === current.value)
    const row = all[at]
    if (!row) return false
    // Whoever walks on has done with typing a name.
    typedAt = -Infinity
    const go = (to: TreeRow | undefined) => {
      if (to) current.value = to.node.id
      return true
    }
    switch (key) {
      case 'ArrowDown':
        return go(all[at + 1])
      case 'ArrowUp':
        return go(all[at - 1])
      case 'Home':
        return go(all[0])
      case 'End':
        return go(all.at(-1))
      case 'ArrowRight':
        if (row.isExpanded === false) setExpanded([row.node.id], true)
        else if (row.isExpanded) go(all[at + 1])
        return true
      case 'ArrowLeft':
        if (row.isExpanded) setExpanded([row.node.id], false)
        else go(all.find(({ node }) => node.id === row.parent))
        return true
      case '*':
        setExpanded(
          all.filter(({ parent }) => parent === row.parent).map(({ node }) => node.id),
          true,
        )
        return true
    }
    return false
  }

  /** Type-ahead: goes to the next row whose text begins with what was typed in one go. */
  function type(letter: string, now: number, textOf: (row: TreeRow) => string): void {
    const isFirst = now - typedAt > typingPause
    typed = isFirst ? letter.toLowerCase() : typed + letter.toLowerCase()
    typedAt = now
    const all = rows.value
    const at = all.findIndex(({ node }) => node.id === current.value)
    // The first letter looks behind this row, further ones may stay.
    const start = isFirst ? at + 1 : at
    const found = [...all.slice(start), ...all.slice(0, start)].find((row) =>
      textOf(row).toLowerCase().startsWith(typed),
    )
    if (found) current.value = found.node.id
  }

  /** Whether a name is being typed, so that a letter belongs to it. */
  const isTyping = (now: number) => now - typedAt <= typingPause

  /** Unfolds what is above a node, and goes there. */
  function reveal(id: string, parents: ReadonlyMap<string, string>): void {
    const above: string[] = []
    for (let at = parents.get(id); at !== undefined; at = parents.get(at)) above.push(at)
    setExpanded(above, true)
    current.value = id
  }

  return { rows, expanded, current, setExpanded, navigate, type, isTyping, reveal }
}
