import path from 'node:path'
import { exists, makeFolder } from '../files.ts'
import { throughProxy } from '../proxy.ts'
import { drawSample } from '../sample/drawSample.ts'
import { readSettings } from '../store/settings.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { addDataset } from './datasets.ts'
import { fetchRecipePhotos, recipePhotos } from './recipePhotos.ts'

interface Under<P> {
  signal: AbortSignal
  progress: (item: P) => void
}

/** Draws the sample set, unless it is there, and adds it. @throws ThawError cancelled, disk.full */
export async function addSample(
  library: Library,
  seed: number,
  { signal, progress }: Under<{ done: number; total: number }>,
) {
  const { samples } = library.paths
  const folder = path.join(samples, `spots-and-stripes-${seed}`)
  if (!(await exists(folder))) {
    await makeFolder(samples)
    await drawSample(folder, { seed, signal, onProgress: progress })
  }
  return addDataset(library, folder, { signal, progress })
}

/** Downloads the recipe's photos, unless they are there, and adds them. @throws ThawError as `fetchRecipePhotos` */
export async function fetchRecipe(
  library: Library,
  { signal, progress }: Under<{ received: number; total?: number | undefined }>,
) {
  const { proxy } = await readSettings(library.paths.settings)
  const folder = await throughProxy(proxy, () =>
    fetchRecipePhotos(library.paths.samples, {
      signal,
      onProgress: progress,
      onConnection: (url) => library.connections.add(url, recipePhotos.file),
    }),
  )
  return addDataset(library, folder, { signal, progress: () => undefined })
}

export const sampleHandlers = (
  library: Library,
): Pick<LibraryHandlers, 'sample.draw' | 'recipePhotos.download'> => ({
  'sample.draw': ({ seed }, context) => addSample(library, seed, context),
  'recipePhotos.download': (_, context) => fetchRecipe(library, context),
})
