import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import type { ChartMarker } from '../components/charts/lines.ts'
import { useText } from '../i18n/index.ts'
import type { RunView } from '../stores/runView.ts'

/** What happened in a run, where it happened: its best epoch, plans that came later, and where it was stopped. */
export function useRunMarkers(view: () => RunView): ComputedRef<ChartMarker[]> {
  const { t } = useText()
  return computed(() => {
    const { epochs, log } = view()
    const best = epochs.findLast((it) => it.best)
    const marked: ChartMarker[] = best
      ? [{ epoch: best.epoch, sign: t('charts.best'), text: t('charts.bestText', { epoch: best.epoch }) }]
      : []
    for (const event of log) {
      // The plan that a run begins with is no change.
      if (event.type === 'plan' && event.epoch > 1)
        marked.push({
          epoch: event.epoch - 1,
          sign: t('charts.plan'),
          text: t('charts.planText', { epoch: event.epoch }),
        })
      if (event.type === 'stopped')
        marked.push({
          epoch: event.epoch,
          sign: t('charts.stopped'),
          text: t('charts.stoppedText', { epoch: event.epoch }),
        })
    }
    return marked
  })
}
