import { computed } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import { useMessages } from '../stores/messages.ts'
import { usePhotoRoom } from '../stores/photoRoom.ts'
import { usePhotoActs } from './usePhotoActs.ts'
import { useShortcuts } from './useShortcuts.ts'

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9]

/** The keys that act on the selected photos, in the grid as on the map, and which classes the digits mean. */
export function usePhotoKeys(dataset: () => DatasetSummary, allOut: () => boolean) {
  const room = usePhotoRoom()
  const acts = usePhotoActs()
  const messages = useMessages()

  /** The keys 1 to 9 mean the nine largest classes. */
  const keyed = computed(() => {
    const { train, val, test, classes } = dataset()
    const size = (index: number) => (train[index] ?? 0) + (val[index] ?? 0) + (test[index] ?? 0)
    return [...classes.keys()].toSorted((a, b) => size(b) - size(a) || a - b).slice(0, 9)
  })
  const hasSelection = () => room.selected.size > 0
  const labelBy = (key: number) => {
    const name = dataset().classes[keyed.value[key - 1] ?? -1]
    if (hasSelection() && name !== undefined) void acts.label(name)
  }
  useShortcuts({
    ...Object.fromEntries(digits.map((key) => [String(key), () => labelBy(key)])),
    '0': () => hasSelection() && void acts.label(null),
    x: () => hasSelection() && void acts.leaveOut(!allOut()),
    // Also where the grid has no focus: the browser would mark the page's words.
    'mod+a': () => void room.selectAll().catch(messages.failed),
    'mod+z': () => void acts.undo(),
    'mod+shift+z': () => void acts.redo(),
    'mod+y': () => void acts.redo(),
  })
  return { keyed, hasSelection }
}
