import { defaultRangeExtractor } from '@tanstack/vue-virtual'
import type { Range } from '@tanstack/vue-virtual'

/**
 * For a virtualizer's `rangeExtractor`: the rows in view, and one that is there wherever is scrolled to. What has the focus would lose it
 * with its row, and every key after would go nowhere.
 * @param kept that row; -1 for none
 */
export const withRow =
  (kept: number) =>
  (range: Range): number[] => {
    const near = defaultRangeExtractor(range)
    return kept < 0 || near.includes(kept) ? near : [...near, kept].toSorted((a, b) => a - b)
  }
