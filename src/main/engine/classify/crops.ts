import path from 'node:path'
import type { Photo, PhotoBox } from '../../../shared/dataset.ts'

interface PhotosIn {
  folder: string
  photos: readonly Photo[]
}

/** What a person cut out of photos, by their absolute paths: they are answered as they are learnt. */
export const cropsOf = ({ folder, photos }: PhotosIn): ReadonlyMap<string, PhotoBox> =>
  new Map(
    photos.flatMap(({ path: photo, crop }) => (crop ? [[path.resolve(folder, photo), crop] as const] : [])),
  )
