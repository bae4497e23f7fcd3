/** A name that none of these is, so that a list can tell them apart: the name itself, or with the first number that is free. */
export function nextName(name: string, taken: readonly string[]): string {
  const others = new Set(taken)
  if (!others.has(name)) return name
  for (let number = 2; ; number += 1) if (!others.has(`${name} (${number})`)) return `${name} (${number})`
}
