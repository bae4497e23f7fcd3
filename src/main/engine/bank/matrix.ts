/** Rows of numbers, row-major: one row a photo. */
export interface Matrix {
  values: Float32Array
  rows: number
  columns: number
}

/** The rows of these numbers, copied. */
export function rowsOf({ values, columns }: Matrix, indices: readonly number[]): Matrix {
  const chosen = new Float32Array(indices.length * columns)
  indices.forEach((index, i) =>
    chosen.set(values.subarray(index * columns, (index + 1) * columns), i * columns),
  )
  return { values: chosen, rows: indices.length, columns }
}
