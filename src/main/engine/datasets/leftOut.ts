import type { Dataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'

/** Of more it is told how many they are. */
const mostNamed = 10

/** Names of files for a sentence. */
export function namesOf(files: readonly string[]): string {
  const more = files.length - mostNamed
  return files.slice(0, mostNamed).join(', ') + (more > 0 ? `, … (+${more})` : '')
}

/** Says which pictures of a dataset's folders were left out; undefined: none was. */
export const otherPicturesLeftOut = ({
  otherPictures = [],
}: Pick<Dataset, 'otherPictures'>): ThawError | undefined =>
  otherPictures.length === 0
    ? undefined
    : new ThawError('dataset.other-pictures', { files: namesOf(otherPictures) })

/** Says which archives in a dataset's folders were not opened; undefined: there is none. */
export const archivesLeftOut = ({ archives = [] }: Pick<Dataset, 'archives'>): ThawError | undefined =>
  archives.length === 0 ? undefined : new ThawError('dataset.archives', { files: namesOf(archives) })
