/** Python's `round`: halves go to the even neighbour. Crop offsets and drawn sizes depend on it. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}
