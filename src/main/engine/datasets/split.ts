import type { ScannedDataset, Split } from '../../../shared/dataset.ts'
import { randomFor, shuffled } from '../../../shared/random.ts'

/** Whether the folder or the list itself says which photos are for what. */
export const hasOwnSplit = ({ layout, splitGiven }: Pick<ScannedDataset, 'layout' | 'splitGiven'>): boolean =>
  layout === 'split-folders' || splitGiven === true

/** Share of a class's photos that is kept for validation where the folder does not say which. */
export const defaultValShare = 0.2

export interface SplitShares {
  /** Shares of a class's photos, from 0 on and below 1 together. */
  val: number
  test: number
}

/** What a draw has to know of a photo. */
export interface Splittable {
  /** null: without a label; these are drawn as if they were one class. */
  class: number | null
  group?: string | undefined
}

/** Photos that stay together, by their indices. */
type Unit = number[]

/** Groups in the order of their first photos, each under the class that most of it has; a photo without a group is one of its own. */
function unitsByClass(photos: readonly Splittable[]): Map<number, Unit[]> {
  const groups = Map.groupBy(photos.keys(), (i) => photos[i]!.group ?? i)
  const byClass = new Map<number, Unit[]>()
  for (const unit of groups.values()) {
    const counts = Map.groupBy(unit, (i) => photos[i]!.class ?? -1)
    const [main] = [...counts].toSorted(([a, x], [b, y]) => y.length - x.length || a - b)[0]!
    const units = byClass.get(main)
    if (units) units.push(unit)
    else byClass.set(main, [unit])
  }
  return new Map([...byClass].toSorted(([a], [b]) => a - b))
}

/** Takes whole units as long as that brings their photos nearer to the number wanted. @returns what was not taken */
function takeNear(units: readonly Unit[], wanted: number, most: number, take: (unit: Unit) => void): Unit[] {
  const left: Unit[] = []
  let [photos, taken] = [0, 0]
  for (const unit of units) {
    const isNearer = Math.abs(wanted - photos - unit.length) < Math.abs(wanted - photos)
    if (!isNearer || taken >= most) {
      left.push(unit)
      continue
    }
    take(unit)
    photos += unit.length
    taken += 1
  }
  return left
}

/**
 * Draws the split: of each class `shares` of its photos, rounded, at least one capture group on each side if there are two, and
 * no group is parted. The photos' order, groups and the seed decide, nothing else.
 * @param photos sorted by class and path
 */
export function drawSplits(photos: readonly Splittable[], seed: number, shares: SplitShares): Split[] {
  const splits = photos.map((): Split => 'train')
  for (const [label, units] of unitsByClass(photos)) {
    const all = units.reduce((sum, unit) => sum + unit.length, 0)
    const of = (part: Split) => (unit: Unit) => unit.forEach((i) => (splits[i] = part))
    const order = shuffled(units.length, randomFor(seed, 'split', Math.max(label, 0))).map((i) => units[i]!)
    // One unit at least stays to train with.
    const wanted = (share: number) =>
      share > 0 && units.length > 1 ? Math.max(Math.round(all * share), 1) : 0
    const most = units.length - 1
    let left = takeNear(order, wanted(shares.val), most, of('val'))
    const [smallest] = order.toSorted((a, b) => a.length - b.length)
    if (wanted(shares.val) > 0 && left.length === order.length) {
      // Every group is larger than what is wanted: the smallest one is nearest to it.
      of('val')(smallest!)
      left = order.filter((unit) => unit !== smallest)
    }
    takeNear(left, wanted(shares.test), Math.max(0, left.length - 1), of('test'))
  }
  return splits
}
