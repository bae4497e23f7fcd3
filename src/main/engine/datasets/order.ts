import type { Split } from '../../../shared/dataset.ts'

/** Above the surrogates of UTF-16, which stand for code points from 0x10000 on. */
const surrogates = 0xd800
const afterSurrogates = 0xe000

/** So that surrogates come after all other units, as their code points do. */
const rank = (unit: number): number =>
  unit < surrogates ? unit : unit < afterSurrogates ? unit + 0x2000 : unit - 0x800

/** By code point, as Python sorts strings and so torchvision numbers classes; `<` in JavaScript compares UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i += 1) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i)
    if (difference !== 0) return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i))
  }
  return a.length - b.length
}

const splitOrder: Record<Split, number> = { train: 0, val: 1, test: 2 }

/** By split (train first), class (none last) and path: the order of every dataset. */
export function inOrder(
  a: { split: Split; class: number | null; path: string },
  b: { split: Split; class: number | null; path: string },
): number {
  return (
    splitOrder[a.split] - splitOrder[b.split] ||
    (a.class ?? Infinity) - (b.class ?? Infinity) ||
    byCodePoint(a.path, b.path)
  )
}
