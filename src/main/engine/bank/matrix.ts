/** Rows of numbers, row-major: one row a photo. */
export interface Matrix {
  values: Float32Array
  rows: number
  columns: number
}

/** The rows of these numbers, copied. */
export function rowsOf({ values, columns }: Matrix, places: readonly number[]): Matrix {
  const chosen = new Float32Array(places.length * columns)
  places.forEach((place, i) =>
    chosen.set(values.subarray(place * columns, (place + 1) * columns), i * columns),
  )
  return { values: chosen, rows: places.length, columns }
}
