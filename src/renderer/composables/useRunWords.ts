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
  const plans: Record<string, string> = {
    'head-only': t('runs.planHeadOnly'),
    recipe: t('runs.planRecipe'),
    everything: t('runs.planEverything'),
    gradual: t('runs.planGradual'),
  }
  return {
    badgeOf: (state: RunState): string => badges[state],
    planOf: ({ plan }: Pick<RunSummary, 'plan'>): string => plans[plan] ?? t('runs.planOwn'),
    networkTitle: (name: string): string =>
      Object.hasOwn(architectures, name) ? networkOf(name).title : name,
    /** Last part of a path. */
    lastPart: (file: string): string => file.split(/[\\/]/).findLast(Boolean) ?? file,
    isOver: (state: RunState): boolean => state !== 'running' && state !== 'paused',
    canResume: (state: RunState): boolean =>
      state === 'stopped' || state === 'interrupted' || state === 'failed',
  }
}
