import type { Matrix } from './matrix.ts'

/** Mean and deviation of each column, over the rows that count. */
export interface Scale {
  mean: Float64Array
  /** Divided by the number of rows, as scikit-learn's StandardScaler has it; 1 where a column does not vary. */
  deviation: Float64Array
}

/** Sums over the rows that count: of each column's distances to a mean, and of their squares. */
type SumsAround = (mean: Float64Array) => { sums: Float64Array; squares: Float64Array }

/**
 * In two passes, in float64. A column that varies by no more than rounding is constant: the bound is StandardScaler's
 * (scikit-learn, preprocessing/_data.py, _is_constant_feature).
 * @param counts 1 for each row that counts, 0 for the others
 */
export function scaleBy(counts: Uint8Array, columns: number, around: SumsAround): Scale {
  const divisor = Math.max(
    1,
    counts.reduce((sum, it) => sum + it, 0),
  )
  const mean = around(new Float64Array(columns)).sums.map((sum) => sum / divisor)
  const deviation = around(mean).squares.map((sum, j) => {
    const square = sum / divisor
    const rounding = divisor * Number.EPSILON * square + (divisor * mean[j]! * Number.EPSILON) ** 2
    return square <= rounding ? 1 : Math.sqrt(square)
  })
  return { mean, deviation }
}

/** By loops. @param counts 1 for each row that counts, 0 for the others */
export const scaleOf = ({ values, rows, columns }: Matrix, counts: Uint8Array): Scale =>
  scaleBy(counts, columns, (mean) => {
    const sums = new Float64Array(columns)
    const squares = new Float64Array(columns)
    for (let i = 0; i < rows; i += 1) {
      if (!counts[i]) continue
      for (let j = 0, at = i * columns; j < columns; j += 1, at += 1) {
        const distance = values[at]! - mean[j]!
        sums[j] = sums[j]! + distance
        squares[j] = squares[j]! + distance * distance
      }
    }
    return { sums, squares }
  })

/** The features standardised, in float32. */
export function standardised({ values, rows, columns }: Matrix, { mean, deviation }: Scale): Matrix {
  const scaled = new Float32Array(values.length)
  for (let i = 0, at = 0; i < rows; i += 1)
    for (let j = 0; j < columns; j += 1, at += 1) scaled[at] = (values[at]! - mean[j]!) / deviation[j]!
  return { values: scaled, rows, columns }
}
