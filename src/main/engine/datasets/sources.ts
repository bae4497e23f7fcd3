import type { ScannedDataset } from '../../../shared/dataset.ts'
import type { DataPaths } from '../store/paths.ts'
import type { ScanOptions } from './scan.ts'
import { scanFolder } from './scan.ts'

/** Reads photos from wherever they come. @throws ThawError as scanFolder */
export function scanSource(
  place: string,
  _paths: Pick<DataPaths, 'samples'>,
  options: ScanOptions,
): Promise<ScannedDataset> {
  return scanFolder(place, options)
}
