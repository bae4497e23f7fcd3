import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { TrainerState } from '../../shared/api/runs.ts'
import { useApi } from '../api.ts'
import { useEngine } from './engine.ts'
import { useLoaded } from './loaded.ts'

/** The runs that are there, and what the trainer is doing. */
export const useRuns = defineStore('runs', () => {
  const api = useApi()
  const engine = useEngine()
  const { loaded, reload } = useLoaded(() => api.call('runs.list', {}))
  const trainer = shallowRef<TrainerState>({ work: null, run: null, state: null })

  const askTrainer = () =>
    api.call('train.state', {}).then(
      (state) => (trainer.value = state),
      // Its part is starting or gone; `engine.state` tells, and asks again.
      () => undefined,
    )

  api.on('runs.changed', () => void reload())
  api.on('run.state', () => {
    void reload()
    void askTrainer()
  })
  watch(
    () => [engine.connections, engine.parts],
    () => void askTrainer(),
    { immediate: true },
  )

  const all = computed(() => (loaded.value.state === 'ready' ? loaded.value.value.runs : []))
  const damaged = computed(() => (loaded.value.state === 'ready' ? loaded.value.value.damaged : []))
  const training = computed(() =>
    trainer.value.work === 'training' ? all.value.find(({ id }) => id === trainer.value.run) : undefined,
  )
  return { loaded, all, damaged, trainer, training, reload, askTrainer }
})
