/** A class of ImageNet: its WordNet id, its English name (`tench`, with `_` between words) and its Korean one. */
export type ImagenetClass = readonly [id: string, english: string, korean: string]

/** ImageNet's 1000 classes by their number in every published network's output (assets/imagenet-classes.json). */
export type ImagenetIndex = Readonly<Record<string, ImagenetClass>>

/**
 * What a network's class is among ImageNet's: it is one if ImageNet's name stands at its number. Any other class, also one of a person's
 * own that is called like one, is none. Two classes of one English name (`crane`) are told apart by their number alone, so it goes by that.
 */
export function imagenetClassOf(
  index: ImagenetIndex,
  of: { index: number; class: string },
): ImagenetClass | undefined {
  const found = index[String(of.index)]
  return found?.[1] === of.class ? found : undefined
}
