import { computed, ref } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import type { Split } from '../../shared/dataset.ts'
import { usePhotoRoom } from '../stores/photoRoom.ts'
import { usePhotoActs } from './usePhotoActs.ts'
import { usePhotoKeys } from './usePhotoKeys.ts'
import { useShortcuts } from './useShortcuts.ts'

interface Selection {
  dataset: () => DatasetSummary
  /** The class that all selected photos have, where one is to be named. */
  current?: () => string | undefined
  /** All of them are left out already. */
  allOut: () => boolean
  /** Shows them large, or where that can be done. */
  large: () => void
  /** A view lies over the photos: Escape leaves that, and the selection stays. */
  isCovered?: () => boolean
}

/** What a `SelectionBar` shows of the selected photos and does with them, and the keys for that: in the grid as on the map. */
export function useSelectionBar(selection: Selection) {
  const { dataset, current = () => undefined, allOut, large, isCovered = () => false } = selection
  const room = usePhotoRoom()
  const acts = usePhotoActs()
  const { keyed, hasSelection } = usePhotoKeys(dataset, allOut)
  /** Whether the menu of classes is open. */
  const relabels = ref(false)

  const bar = computed(() => ({
    selected: room.selected.size,
    classes: dataset().classes,
    keyed: keyed.value,
    current: current(),
    allOut: allOut(),
  }))
  const barActs = {
    label: (name: string | null) => acts.label(name),
    out: (out: boolean) => acts.leaveOut(out),
    part: (part: Split) => acts.part(part),
    large,
    clear: () => room.select([]),
  }
  const leave = () => {
    if (relabels.value) relabels.value = false
    else if (isCovered()) return false
    else room.select([])
    return true
  }
  useShortcuts({ escape: leave })
  return { relabels, bar, barActs, keyed, hasSelection }
}
