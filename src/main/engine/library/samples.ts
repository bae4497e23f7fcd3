import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { drawSample } from '../sample/drawSample.ts'
import type { KnownDownload } from '../weights/catalogue.ts'
import { download } from '../weights/download.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { addDataset } from './datasets.ts'
import { unzip } from './unzip.ts'

/** The ants and bees of PyTorch's tutorial on transfer learning, which the recipe trains on. */
const recipePhotos: KnownDownload = {
  url: 'https://download.pytorch.org/tutorial/hymenoptera_data.zip',
  file: 'hymenoptera_data.zip',
  bytes: 47_286_322,
  sha256: 'fbc41b31d544714d18dd1230b1e2b455e1557766e13e67f9f5a7a23af7c02209',
}
const recipeFolder = 'hymenoptera_data'

const isThere = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    () => false,
  )

export function sampleHandlers(
  library: Library,
): Pick<LibraryHandlers, 'sample.draw' | 'recipePhotos.download'> {
  const { places, connections } = library
  return {
    'sample.draw': async ({ seed }, { signal, progress }) => {
      const folder = path.join(places.samples, `spots-and-stripes-${seed}`)
      if (!(await isThere(folder))) {
        await mkdir(places.samples, { recursive: true })
        await drawSample(folder, { seed, signal, onProgress: progress })
      }
      return addDataset(library, folder, { signal, progress })
    },

    'recipePhotos.download': async (_, { signal, progress }) => {
      const folder = path.join(places.samples, recipeFolder)
      if (!(await isThere(folder))) {
        const archive = path.join(places.samples, recipePhotos.file)
        await download(
          { ...recipePhotos, file: archive },
          {
            signal,
            onProgress: progress,
            onConnection: (url) => connections.add(url, recipePhotos.file),
          },
        )
        // The archive's own top folder is called as ours is; it appears under its name only once all of it is there.
        const unfinished = path.join(places.samples, '.unfinished')
        await rm(unfinished, { recursive: true, force: true })
        await unzip(archive, unfinished, signal)
        await rename(path.join(unfinished, recipeFolder), folder)
        await rm(unfinished, { recursive: true, force: true })
        await rm(archive, { force: true })
      }
      return addDataset(library, folder, { signal, progress: () => undefined })
    },
  }
}
