import { architectures, networkOf } from '../../shared/model/registry.ts'
import type { RunState, RunSummary } from '../../shared/run.ts'
import { useText } from '../i18n/index.ts'

/** How runs are spoken of. */
export function useRunWords() {
  const { t } = useText()
  const badges: Record<RunState, string> = {
    running: 'badge-info',
    paused: 'badge-warn',
    stopped: '',
    interrupted: 'badge-warn',
    finished: 'badge-good',
    failed: 'badge-bad',
  }
  // In words only when they are shown: the language may change while a page is open.
  const plans = {
    'head-only': 'runs.planHeadOnly',
    recipe: 'runs.planRecipe',
    everything: 'runs.planEverything',
    gradual: 'runs.planGradual',
  } as const
  return {
    badgeOf: (state: RunState): string => badges[state],
    planOf: ({ plan }: Pick<RunSummary, 'plan'>): string =>
      t(Object.hasOwn(plans, plan) ? plans[plan as keyof typeof plans] : 'runs.planOwn'),
    networkTitle: (name: string): string =>
      Object.hasOwn(architectures, name) ? networkOf(name).title : name,
    /** Last part of a path. */
    lastPart: (file: string): string => file.split(/[\\/]/).findLast(Boolean) ?? file,
    isOver: (state: RunState): boolean => state !== 'running' && state !== 'paused',
    canResume: (state: RunState): boolean =>
      state === 'stopped' || state === 'interrupted' || state === 'failed',
  }
}
