/** By code point, as Python sorts strings and so torchvision numbers classes; `<` in JavaScript compares UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
