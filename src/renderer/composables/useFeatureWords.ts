import type { FeaturesBy } from '../../shared/api/features.ts'
import { useRuns } from '../stores/runs.ts'
import { useRunWords } from './useRunWords.ts'

/** How a network is called by whose features something was made. */
export function useFeatureWords() {
  const runs = useRuns()
  const { networkTitle, lastPart } = useRunWords()
  return {
    /** A run by its name, as long as it is there; a file with its architecture. */
    nameOf: ({ model, backbone }: FeaturesBy): string => {
      if ('run' in model) return runs.all.find(({ id }) => id === model.run)?.name ?? networkTitle(backbone)
      return 'file' in model ? `${lastPart(model.file)} (${networkTitle(backbone)})` : networkTitle(backbone)
    },
  }
}
