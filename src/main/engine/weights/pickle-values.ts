/** What a pickle is made of here. Tuples, lists and sets are arrays; dictionaries are maps. Nothing in it can act. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleObject

/** Anything that is more than plain data in Python. */
export abstract class PickleObject {
  abstract readonly kind: string
}

/** The name of a Python class or function: only ever a name, never the thing itself. */
export class GlobalName extends PickleObject {
  readonly kind = 'global'
  readonly name: string

  constructor(module: string, name: string) {
    super()
    // Python 2 called the module of built-in names otherwise.
    this.name = `${module === '__builtin__' ? 'builtins' : module}.${name}`
  }
}

/** A Python object that is harmless and of no use to us (a device, a NumPy number). */
export class Inert extends PickleObject {
  readonly kind = 'inert'
}

/** Something that is no tensor of ours among those that are (a NumPy array, a namespace): it is left out and named. */
export class Stray extends PickleObject {
  readonly kind = 'stray'
  readonly name: string

  constructor(name: string) {
    super()
    this.name = name
  }
}

/** The world outside the pickle, as far as it is allowed in. */
export interface PickleRules {
  /** Makes what a class or function of this name would, if it is one that is known. @throws ThawError `weights.needs-code` */
  call: (name: string, args: readonly PickleValue[]) => PickleValue
  /** Resolves a reference to something stored beside the pickle. */
  persistent: (id: PickleValue) => PickleValue
}
