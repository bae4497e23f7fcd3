import type { Shortcuts } from './useShortcuts.ts'

/** The keys 1 to 9 give the class of that number as a label; a key without a class is left alone. */
export const labelKeys = (classes: () => readonly string[], label: (name: string) => void): Shortcuts =>
  Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [
      String(index + 1),
      () => {
        const name = classes()[index]
        if (name !== undefined) label(name)
        return name !== undefined
      },
    ]),
  )
