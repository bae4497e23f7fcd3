/** Which runs of a list are selected, and from where a range goes. */
export interface RunSelection {
  chosen: ReadonlySet<string>
  /** Selected or left last by itself; a range begins there. */
  anchor: string | undefined
  /** What only the last range has added: another one from the same place gives it back. */
  drawn: ReadonlySet<string>
}

const none: ReadonlySet<string> = new Set()
export const noSelection: RunSelection = { chosen: none, anchor: undefined, drawn: none }

/** One more, or one less. */
export function toggled({ chosen }: RunSelection, run: string): RunSelection {
  const changed = new Set(chosen)
  if (!changed.delete(run)) changed.add(run)
  return { chosen: changed, anchor: run, drawn: none }
}

/**
 * All from the anchor to this one as well, in place of the range before; the anchor stays, so that the range can be drawn further or
 * back. Without an anchor in the list only this one.
 * @param shown the list in its order
 */
export function extended(
  { chosen, anchor, drawn }: RunSelection,
  shown: readonly string[],
  run: string,
): RunSelection {
  const [from, to] = [anchor === undefined ? -1 : shown.indexOf(anchor), shown.indexOf(run)]
  if (from < 0) return { chosen: new Set([...chosen, run]), anchor: run, drawn: none }
  const others = new Set([...chosen].filter((it) => !drawn.has(it)))
  const range = shown.slice(Math.min(from, to), Math.max(from, to) + 1)
  return {
    chosen: new Set([...others, ...range]),
    anchor,
    drawn: new Set(range.filter((it) => !others.has(it))),
  }
}

/** All that are shown; where they all are already, none of them. What is not shown stays as it is. */
export function allOf({ chosen, anchor }: RunSelection, shown: readonly string[]): RunSelection {
  const isAll = shown.every((run) => chosen.has(run))
  const others = [...chosen].filter((run) => !shown.includes(run))
  return { chosen: new Set(isAll ? others : [...others, ...shown]), anchor, drawn: none }
}
