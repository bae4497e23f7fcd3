import type { Library, LibraryHandlers } from './context.ts'

/** The network that looks at a dataset's photos, as a person chose it. */
export const featureHandlers = ({
  featureModels,
  emit,
}: Library): Pick<LibraryHandlers, 'features.chosen' | 'features.choose'> => ({
  'features.chosen': async ({ dataset }) => ({ model: await featureModels.of(dataset) }),

  'features.choose': async ({ dataset, model }) => {
    await featureModels.choose(dataset, model)
    emit('features.changed', { dataset })
    return {}
  },
})
