import type { Dataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'

/** Of more it is told how many they are. */
const mostNamed = 10

/** Says which pictures of a dataset's folders were left out; undefined: none was. */
export function otherPicturesLeftOut({
  otherPictures = [],
}: Pick<Dataset, 'otherPictures'>): ThawError | undefined {
  if (otherPictures.length === 0) return undefined
  const names = otherPictures.slice(0, mostNamed).join(', ')
  const more = otherPictures.length - mostNamed
  return new ThawError('dataset.other-pictures', { files: more > 0 ? `${names}, … (+${more})` : names })
}
