import { stat } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from '../files.ts'
import type { Library } from './context.ts'

/** A file name from a run's name: without what file systems and headers dislike. */
export const fileName = (name: string, extension: string): string =>
  `${
    name
      .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')
      .trim()
      .slice(0, 80) || 'thaw'
  }.${extension}`

/** Makes a file in our own folder; it is offered for a download, or for saving where the person says. */
export async function offer(
  { paths }: Pick<Library, 'paths'>,
  download: string,
  name: string,
  write: (target: string) => Promise<void>,
) {
  const target = path.join(paths.exports, download, name)
  await makeFolder(path.dirname(target))
  await write(target)
  return { download, bytes: (await stat(target)).size }
}
