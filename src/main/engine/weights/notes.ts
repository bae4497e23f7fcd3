import { ThawError } from '../../../shared/errors.ts'
import type { WeightFile } from './codec.ts'
import { shortened } from './load.ts'
import { twinWarning } from './names/twins.ts'
import { besideNetwork } from './nearest.ts'
import { partOf } from './parts.ts'

/** What a person should know of a file that is read as a network: what is chosen, left out, or cannot be known. */
export function readingNotes(file: WeightFile, network: string): ThawError[] {
  const { path, found } = file
  const twin = twinWarning(file, network)
  const beside = besideNetwork(file, network)
  const part = partOf(path)
  return [
    ...(part ? [new ThawError('weights.part', { file: path, ...part })] : []),
    ...(twin ? [twin] : []),
    ...(found.others
      ? [
          new ThawError('weights.others', {
            file: path,
            chosen: found.under ?? '–',
            others: shortened(found.others),
          }),
        ]
      : []),
    ...(beside.length > 0
      ? [new ThawError('weights.beside', { file: path, tensors: shortened(beside) })]
      : []),
  ]
}
