import { watch } from 'vue'
import { useRoute } from 'vue-router'
import type { ClassifyModel } from '../../shared/api/classify.ts'
import { useClassify } from '../stores/classify.ts'
import { useModels } from '../stores/models.ts'
import { useRuns } from '../stores/runs.ts'
import { useSettings } from '../stores/settings.ts'

/** Who answers, until a person chooses somebody else. */
export function useModelChoice(): void {
  const route = useRoute()
  const store = useClassify()
  const runs = useRuns()
  const models = useModels()
  const settings = useSettings()

  function isThere(model: ClassifyModel): boolean {
    if ('run' in model) return runs.usable.some(({ id }) => id === model.run)
    if ('file' in model) return models.weights.some(({ file, present }) => present && file === model.file)
    return models.usable.some(({ network }) => network === model.backbone)
  }

  // What the address names, once: another choice of the person's stays.
  watch(
    () => route.query,
    ({ run, file }) => {
      if (typeof run === 'string') store.model = { run }
      else if (typeof file === 'string') store.model = { file, labels: null }
    },
    { immediate: true },
  )
  // Else the one that the settings name, else the newest run, else, once it is known that there is none, the first published network.
  watch(
    [() => runs.usable, () => models.usable, () => runs.loaded.state],
    () => {
      const chosen = settings.settings.classifyWith
      if (store.model) return
      if (chosen && isThere(chosen)) store.model = chosen
      else if (runs.usable[0]) store.model = { run: runs.usable[0].id }
      else if (runs.loaded.state !== 'loading' && models.usable[0])
        store.model = { backbone: models.usable[0].network!, weights: null, labels: null }
    },
    { immediate: true },
  )
}
