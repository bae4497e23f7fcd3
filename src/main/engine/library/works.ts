import type { WorkContext, Works } from '../jobs/works.ts'
import { counting, receiving } from '../jobs/works.ts'
import type { Library } from './context.ts'
import { addDataset, scanAgain } from './datasets.ts'
import { carryOut, takeBack } from './filings.ts'
import { installPack } from './gpu.ts'
import { downloadWeights } from './models.ts'
import { addRunFrom } from './runs.ts'
import { addSample, fetchRecipe } from './samples.ts'

/** What the library does as jobs: a row a kind, thin over the functions of the room it belongs to. */
export function libraryWorks(library: Library): Works<'library'> {
  const counted = (context: WorkContext) => ({ signal: context.signal, progress: counting(context) })
  const received = (context: WorkContext) => ({ signal: context.signal, progress: receiving(context) })
  return {
    scan: ({ folder, dataset }, context) =>
      dataset === undefined
        ? addDataset(library, folder!, counted(context))
        : scanAgain(library, { dataset, folder }, counted(context)),
    thumbnails: async ({ dataset, size }, context) => {
      const { signal, progress: onProgress } = counted(context)
      await library.pictures.prepare(await library.datasets.get(dataset), size, { signal, onProgress })
      return {}
    },
    sample: ({ seed }, context) => addSample(library, seed, counted(context)),
    recipePhotos: (_, context) => fetchRecipe(library, received(context)),
    download: ({ network }, context) => downloadWeights(library, network, received(context)),
    gpuPack: (_, context) => {
      const progress = receiving(context)
      return installPack(library, {
        signal: context.signal,
        progress: ({ step, package: name, ...bytes }) => {
          progress(bytes)
          context.onProgress({ detail: { step, package: name } })
        },
      })
    },
    addRun: ({ folder }, context) =>
      addRunFrom(library, folder, { signal: context.signal, onProgress: receiving(context) }),
    file: (input, context) => carryOut(library, input, context),
    undo: (input, context) => takeBack(library, input, context),
  }
}
