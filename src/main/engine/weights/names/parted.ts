/**
 * What stands in place of a weight that is computed of others when the network runs: PyTorch's parametrizations, its older weight and
 * spectral normalisation, and pruning.
 * @param name the weight's own name
 */
const partsOf = (name: string): string[] => [
  name.replace(/([^.]+)$/, 'parametrizations.$1.original'),
  name.replace(/([^.]+)$/, 'parametrizations.$1.original0'),
  `${name}_v`,
  `${name}_orig`,
]

/** Those of the missing tensors that a file has in such parts. */
export const partedIn = (missing: readonly string[], found: { has: (name: string) => boolean }): string[] =>
  missing.filter((name) => partsOf(name).some((part) => found.has(part)))
