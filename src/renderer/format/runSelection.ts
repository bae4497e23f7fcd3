/** Which runs of a list are selected, and from where a range goes. */
export interface RunSelection {
  chosen: ReadonlySet<string>
  /** Selected or left last by itself; a range begins there. */
  anchor: string | undefined
}

export const noSelection: RunSelection = { chosen: new Set(), anchor: undefined }

/** One more, or one less. */
export function toggled({ chosen }: RunSelection, run: string): RunSelection {
  const changed = new Set(chosen)
  if (!changed.delete(run)) changed.add(run)
  return { chosen: changed, anchor: run }
}

/**
 * All from the anchor to this one as well; the anchor stays, so that the range can be drawn further. Without an anchor in the list only
 * this one.
 * @param shown the list in its order
 */
export function extended(
  { chosen, anchor }: RunSelection,
  shown: readonly string[],
  run: string,
): RunSelection {
  const [from, to] = [anchor === undefined ? -1 : shown.indexOf(anchor), shown.indexOf(run)]
  if (from < 0) return { chosen: new Set([...chosen, run]), anchor: run }
  const range = shown.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { chosen: new Set([...chosen, ...range]), anchor }
}

/** All that are shown; where they all are already, none of them. What is not shown stays as it is. */
export function allOf({ chosen, anchor }: RunSelection, shown: readonly string[]): RunSelection {
  const isAll = shown.every((run) => chosen.has(run))
  const others = [...chosen].filter((run) => !shown.includes(run))
  return { chosen: new Set(isAll ? others : [...others, ...shown]), anchor }
}
