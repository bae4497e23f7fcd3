import type { TensorStatistics } from '../../../shared/api/models.ts'
import type { WeightFile } from './codec.ts'

const pieces = 48

/** Reads one tensor of a file, and nothing else of it. @throws ThawError weights.*, not-found */
export async function tensorStatistics(file: WeightFile, name: string): Promise<TensorStatistics> {
  return statisticsOf(await file.read(name))
}

export function statisticsOf(values: Float32Array): TensorStatistics {
  let [min, max, sum, finite, zeros] = [Infinity, -Infinity, 0, 0, 0]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    finite += 1
    sum += value
    if (value === 0) zeros += 1
    if (value < min) min = value
    if (value > max) max = value
  }
  const none = finite === 0
  const mean = none ? 0 : sum / finite
  const histogram = Array.from({ length: pieces }, () => 0)
  const width = (max - min) / pieces
  let squares = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    squares += (value - mean) ** 2
    const piece = width > 0 ? Math.min(pieces - 1, Math.floor((value - min) / width)) : 0
    histogram[piece]! += 1
  }
  return {
    count: values.length,
    notFinite: values.length - finite,
    zeros,
    min: none ? 0 : min,
    max: none ? 0 : max,
    mean,
    deviation: none ? 0 : Math.sqrt(squares / finite),
    histogram,
  }
}
