import path from 'node:path'
import type { Dataset, PhotoBox } from '../../../shared/dataset.ts'

/** What a person cut out of photos, by their absolute paths: they are answered as they are learnt. */
export const cropsOf = ({
  folder,
  photos,
}: Pick<Dataset, 'folder' | 'photos'>): ReadonlyMap<string, PhotoBox> =>
  new Map(
    photos.flatMap(({ path: photo, crop }) => (crop ? [[path.resolve(folder, photo), crop] as const] : [])),
  )
