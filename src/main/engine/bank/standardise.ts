import type { Matrix } from './matrix.ts'

/** Mean and deviation of each column, over the rows that count. */
export interface Scale {
  mean: Float64Array
  /** Divided by the number of rows, as scikit-learn's StandardScaler has it; 1 where a column does not vary. */
  deviation: Float64Array
}

/**
 * In two passes, in float64. A column that varies by no more than rounding is constant: the bound is StandardScaler's
 * (scikit-learn, preprocessing/_data.py, _is_constant_feature).
 * @param counts 1 for each row that counts, 0 for the others
 */
export function scaleOf({ values, rows, columns }: Matrix, counts: Uint8Array): Scale {
  const mean = new Float64Array(columns)
  const variance = new Float64Array(columns)
  let total = 0
  for (let i = 0; i < rows; i += 1) {
    if (!counts[i]) continue
    total += 1
    for (let j = 0, at = i * columns; j < columns; j += 1, at += 1) mean[j] = mean[j]! + values[at]!
  }
  const divisor = Math.max(1, total)
  for (let j = 0; j < columns; j += 1) mean[j] = mean[j]! / divisor
  for (let i = 0; i < rows; i += 1) {
    if (!counts[i]) continue
    for (let j = 0, at = i * columns; j < columns; j += 1, at += 1) {
      const distance = values[at]! - mean[j]!
      variance[j] = variance[j]! + distance * distance
    }
  }
  const deviation = variance.map((sum, j) => {
    const square = sum / divisor
    const rounding = divisor * Number.EPSILON * square + (divisor * mean[j]! * Number.EPSILON) ** 2
    return square <= rounding ? 1 : Math.sqrt(square)
  })
  return { mean, deviation }
}

/** The features standardised, in float32. */
export function standardised({ values, rows, columns }: Matrix, { mean, deviation }: Scale): Matrix {
  const scaled = new Float32Array(values.length)
  for (let i = 0, at = 0; i < rows; i += 1)
    for (let j = 0; j < columns; j += 1, at += 1) scaled[at] = (values[at]! - mean[j]!) / deviation[j]!
  return { values: scaled, rows, columns }
}
