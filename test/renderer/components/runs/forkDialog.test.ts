import { expect, it } from 'vitest'
import ForkDialog from '../../../../src/renderer/components/runs/ForkDialog.vue'
import ScheduleCurve from '../../../../src/renderer/components/train/ScheduleCurve.vue'
import { RunConfig } from '../../../../src/shared/config.ts'
import { fakeApi } from '../../support/fakeApi.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { all } from '../../support/page.ts'
import { someRun } from '../../support/samples.ts'

/** The curve of the schedule in the dialog about a fork, as it is drawn. */
async function curveOf({ photos, epochs, warmup }: { photos: number; epochs: number; warmup: number }) {
  const config = RunConfig.parse({ epochs, batch: 8, warmup, schedule: { kind: 'constant' } })
  const dialog = await mountRoom(ForkDialog, {
    api: fakeApi(),
    props: {
      run: { ...someRun, epochs, epoch: epochs, best: null },
      config,
      kept: [{ epoch: 1, bytes: 1, photos: 1 }],
      photos,
      names: [],
    },
  })
  const settings = all('details')[0] as HTMLDetailsElement
  settings.open = true
  settings.dispatchEvent(new Event('toggle'))
  await dialog.vm.$nextTick()
  return dialog.findComponent(ScheduleCurve)
}

it.each([
  [17, 3, 'the last batch is not full'],
  [16, 2, 'all batches are full'],
  [3, 1, 'there are fewer photos than a batch has'],
])(
  'The curve of a fork counts the steps that %i photos make: %i an epoch, where %s',
  async (photos, steps) => {
    const epochs = 4
    const curve = await curveOf({ photos, epochs, warmup: steps })
    const points = curve.find('path.series').attributes('d')!.split(/[ML]/).slice(1)
    // Every step is a point of so short a course; the warm-up of one epoch's steps ends where the second begins.
    expect(points).toHaveLength(epochs * steps)
    const full = points.findIndex((point) => Number(point.split(' ')[1]) === 0)
    expect(full).toBe(steps - 1)
  },
)
