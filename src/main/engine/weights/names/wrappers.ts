/**
 * What stands before a network's own names when something is wrapped around it: DataParallel ("module."), torch.compile
 * ("_orig_mod."), or a class of a training framework that keeps the network in an attribute (Lightning's examples: "model.").
 */
const wrappers = /^(?:(?:module|_orig_mod|model|net|network)\.)+/

/** How many attributes deep a network may lie in what was wrapped around it. */
const deepest = 4

/**
 * What most names of a file begin with and the network's do not. A few may not begin with it: what a framework keeps beside the network
 * ("criterion.weight").
 * @param expected the network's names, if one is known: by them it is found in an attribute of any name ("backbone.", "encoder.")
 */
export const wrapperOf = (names: readonly string[], expected: readonly string[] = []): string =>
  attributeOf(names, expected) ?? usualWrapper(names)

/** Names without what `wrapperOf` finds before most of them. */
export function withoutWrapper(names: readonly string[], expected: readonly string[] = []): string[] {
  const wrapper = wrapperOf(names, expected)
  return names.map((name) => (name.startsWith(wrapper) ? name.slice(wrapper.length) : name))
}

/** The middle of a sorted list begins with whatever most of the list begin with. */
const middleOf = (sorted: readonly string[]): string => sorted[Math.floor(sorted.length / 2)] ?? ''

const usualWrapper = (names: readonly string[]): string =>
  middleOf(names.map((name) => wrappers.exec(name)?.[0] ?? '').toSorted())

/** What stands before the network's names in a file; undefined where it has none of them behind anything. */
function attributeOf(names: readonly string[], expected: readonly string[]): string | undefined {
  const there = new Set(names)
  const attributes = middleOf(names.toSorted()).split('.').slice(0, -1).slice(0, deepest)
  let [best, most] = [undefined as string | undefined, 0]
  for (let depth = 0; depth <= attributes.length; depth += 1) {
    const prefix = attributes
      .slice(0, depth)
      .map((it) => `${it}.`)
      .join('')
    const found = expected.filter((name) => there.has(prefix + name)).length
    if (found > most) [best, most] = [prefix, found]
  }
  return best
}
