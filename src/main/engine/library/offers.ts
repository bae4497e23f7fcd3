import { stat } from 'node:fs/promises'
import path from 'node:path'
import { plainName } from '../fileName.ts'
import { makeFolder } from '../files.ts'
import type { Library } from './context.ts'

/** A file name from a run's or classification's name. */
export const fileName = (name: string, extension: string): string => `${plainName(name)}.${extension}`

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
