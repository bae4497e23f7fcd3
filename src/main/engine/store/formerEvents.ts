import { sparseConfusion } from '../../../shared/metrics.ts'
import type { ConfusionMatrix } from '../../../shared/metrics.ts'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value with one of its keys under its present name. */
function renamed(value: unknown, former: string, present: string): unknown {
  if (!isObject(value) || !(former in value)) return value
  const { [former]: moved, ...rest } = value
  return { ...rest, [present]: moved }
}

/** A line of events.jsonl as it would be written today: former runs have other names, and the confusion matrix with all its zeros. */
export function asWrittenToday(line: unknown): unknown {
  if (!isObject(line)) return line
  switch (line['type']) {
    case 'plan': {
      const groups = Array.isArray(line['groups']) ? line['groups'] : []
      return { ...line, groups: groups.map((group) => renamed(group, 'rate', 'learningRate')) }
    }
    case 'batch': {
      const batch = { ...line }
      delete batch['phase']
      return renamed(batch, 'rates', 'learningRates')
    }
    case 'epoch': {
      const { confusion } = line
      const sparse = Array.isArray(confusion) ? sparseConfusion(confusion as ConfusionMatrix) : confusion
      return renamed({ ...line, confusion: sparse }, 'rates', 'learningRates')
    }
    default:
      return line
  }
}
