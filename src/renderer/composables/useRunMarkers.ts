import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import type { RunEvent } from '../../shared/run.ts'
import type { ChartMarker } from '../components/charts/lines.ts'
import { useText } from '../i18n/index.ts'
import { stoppedAfter } from '../stores/runView.ts'
import type { RunView } from '../stores/runView.ts'
import { useFormat } from './useFormat.ts'
import { useKeptEpochs } from './useKeptEpochs.ts'

/**
 * What happened in a run, where it happened: its best epoch, plans that came later, where it parted from another one, pauses, where it was stopped and went on, and the
 * epochs whose checkpoints are kept.
 */
export function useRunMarkers(
  view: () => RunView,
  kept: () => readonly number[],
): ComputedRef<ChartMarker[]> {
  const { t } = useText()
  const { duration } = useFormat()

  /** Within an epoch, as its batches are drawn: each point knows its number and its place. */
  function within(epoch: number, batch: number, batches?: number): number {
    const point = view().batches.at(-1)
    const all = batches ?? (point ? point.number / point.at : batch)
    return epoch - 1 + (batch > 0 ? batch / all : 0)
  }

  /** @param next what was told after it */
  function markerOf(event: RunEvent, next: RunEvent | undefined): ChartMarker[] {
    switch (event.type) {
      case 'plan':
        // The plan that a run begins or goes on with is no change.
        return event.epoch > 1 && next?.type !== 'started'
          ? [
              {
                epoch: event.epoch - 1,
                sign: t('charts.plan'),
                text: t('charts.planText', { epoch: event.epoch }),
              },
            ]
          : []
      case 'paused': {
        const { epoch, batch, batches } = event
        const text = t('charts.pausedText', { epoch })
        return [{ epoch: within(epoch, batch, batches), sign: t('charts.paused'), text }]
      }
      case 'resumed': {
        const { epoch, batch, batches, seconds } = event
        const text = t('charts.resumedText', { epoch, time: duration(seconds) })
        return [{ epoch: within(epoch, batch, batches), sign: t('charts.resumed'), text }]
      }
      case 'started': {
        const { epoch, batch } = event
        const text = t('charts.againText', { epoch })
        return epoch > 0 && next?.type !== 'forked'
          ? [{ epoch: within(epoch, batch), sign: t('charts.resumed'), text }]
          : []
      }
      case 'forked': {
        const text = t('fork.partedFrom', { name: event.name, epoch: event.epoch })
        return [{ epoch: event.epoch, sign: t('charts.fork'), text }]
      }
      case 'stopped': {
        const { epoch, batch, reason } = event
        const at = reason === 'asked' ? within(epoch, batch) : epoch
        const after = reason === 'asked' ? stoppedAfter(event) : epoch
        const text =
          after === undefined
            ? t('charts.stoppedText', { epoch })
            : t('charts.stoppedAfter', { epoch: after })
        return [{ epoch: at, sign: t('charts.stopped'), text }]
      }
      default:
        return []
    }
  }

  return computed(() => {
    const { epochs, log } = view()
    const best = epochs.findLast((it) => it.best)
    // The log has the newest first.
    const told = log.filter(({ type }) => type !== 'warning').toReversed()
    return [
      ...(best
        ? [{ epoch: best.epoch, sign: t('charts.best'), text: t('charts.bestText', { epoch: best.epoch }) }]
        : []),
      ...told.flatMap((event, at) => markerOf(event, told[at + 1])),
      ...kept().map((epoch) => ({
        ...{ epoch, sign: t('charts.kept'), text: t('charts.keptText', { epoch }) },
        look: 'tick' as const,
      })),
    ]
  })
}

/** As `useRunMarkers`, of the run with this id: its kept epochs are asked for. */
export function useMarkersOfRun(run: () => string, view: () => RunView): ComputedRef<ChartMarker[]> {
  const kept = useKeptEpochs(run, () => view().checkpoint)
  return useRunMarkers(view, () => kept.value)
}
