/**
 * What stands before a network's own names when something is wrapped around it: DataParallel ("module."), torch.compile
 * ("_orig_mod."), or a class of a training framework that keeps the network in an attribute (Lightning's examples: "model.").
 */
const wrappers = /^(?:(?:module|_orig_mod|model|net|network)\.)+/

/**
 * Names without the wrappers' names that most of them begin with. A few may not: what a framework keeps beside the network
 * ("criterion.weight") stays as it is.
 */
export function withoutWrapper(names: readonly string[]): string[] {
  const prefixes = names.map((name) => wrappers.exec(name)?.[0] ?? '')
  const middle = prefixes.toSorted()[Math.floor(prefixes.length / 2)] ?? ''
  return names.map((name) => (name.startsWith(middle) ? name.slice(middle.length) : name))
}
