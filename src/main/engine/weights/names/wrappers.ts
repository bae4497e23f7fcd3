/**
 * What stands before a network's own names when something is wrapped around it: DataParallel ("module."), torch.compile
 * ("_orig_mod."), or a class of a training framework that keeps the network in an attribute (Lightning's examples: "model.").
 */
const wrappers = /^(?:(?:module|_orig_mod|model|net|network)\.)+/

/** The wrappers' names that all of `names` begin with; empty if there are none. */
export function wrapperOf(names: readonly string[]): string {
  const [prefix = ''] = wrappers.exec(names[0] ?? '') ?? []
  return names.every((name) => name.startsWith(prefix)) ? prefix : ''
}
