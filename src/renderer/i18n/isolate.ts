/** Letters written from right to left, and the signs that turn the direction of what follows. */
const turning = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/

/**
 * A name of the person's own as part of a sentence of ours: between a first strong isolate and its end (Unicode UAX 9) where
 * its direction could reach over to the words around it.
 */
export const isolate = <T extends string | number>(value: T): T | string =>
  typeof value === 'string' && turning.test(value) ? `\u2068${value}\u2069` : value

export const isolateAll = (
  parameters: Readonly<Record<string, string | number>>,
): Record<string, string | number> =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, isolate(value)]))
