import path from 'node:path'
import { exists, makeFolder } from '../files.ts'
import { drawSample } from '../sample/drawSample.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { addDataset } from './datasets.ts'
import { fetchRecipePhotos, recipePhotos } from './recipePhotos.ts'

export function sampleHandlers(
  library: Library,
): Pick<LibraryHandlers, 'sample.draw' | 'recipePhotos.download'> {
  const { paths, connections } = library
  return {
    'sample.draw': async ({ seed }, { signal, progress }) => {
      const folder = path.join(paths.samples, `spots-and-stripes-${seed}`)
      if (!(await exists(folder))) {
        await makeFolder(paths.samples)
        await drawSample(folder, { seed, signal, onProgress: progress })
      }
      return addDataset(library, folder, { signal, progress })
    },

    'recipePhotos.download': async (_, { signal, progress }) => {
      const folder = await fetchRecipePhotos(paths.samples, {
        signal,
        onProgress: progress,
        onConnection: (url) => connections.add(url, recipePhotos.file),
      })
      return addDataset(library, folder, { signal, progress: () => undefined })
    },
  }
}
