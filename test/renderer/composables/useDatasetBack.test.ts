import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import GoneDataset from '../../../src/renderer/components/loop/GoneDataset.vue'
import { useDatasetBack } from '../../../src/renderer/composables/useDatasetBack.ts'
import { useRunLoop } from '../../../src/renderer/stores/runLoop.ts'
import { evaluationReport } from '../../../src/shared/evaluation/report.ts'
import type { RunDetails } from '../../../src/shared/api/runs.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, later, press } from '../support/page.ts'
import { someDataset, someDetails } from '../support/samples.ts'

const classes = ['ants', 'bees']

/** What a page shows of a run whose photos are no dataset any more. */
const Page = defineComponent({
  props: { run: { type: String, required: true } },
  setup(props) {
    useRunLoop().evaluation = {
      ...{ part: 'val', classes, photos: 1, failed: 0, slices: [], thresholds: [] },
      report: evaluationReport([2, 0], [0], classes),
      ...{ hasHistory: true, dataset: null, temperature: null, isOld: false },
    }
    const { scanning, canBringBack, bringBack } = useDatasetBack(() => props.run)
    return () => h(GoneDataset, { scanning, canBringBack: canBringBack.value, onBringBack: bringBack })
  },
})

const at = (place: string): RunDetails => {
  const details = someDetails()
  return { ...details, dataset: { ...details.dataset, place } }
}

it('Photos that are being brought back for one run are not said to be those of the run that is shown next', async () => {
  const added = [later<typeof someDataset>(), later<typeof someDataset>()]
  const folders: string[] = []
  const page = await mountRoom(Page, {
    api: fakeApi({
      'runs.get': ({ run }) => at(`/photos/of ${run}`),
      'datasets.add': ({ folder }) => added[folders.push(folder) - 1]!.promise,
    }),
    props: { run: 'one' },
  })
  const isAtWork = () => all('[role="progressbar"]').length > 0 || all('button', 'Cancel').length > 0
  await press('Add the photos again')
  await flushPromises()
  expect(isAtWork()).toBe(true)

  await page.setProps({ run: 'two' })
  await flushPromises()
  expect(isAtWork()).toBe(false)
  await page.setProps({ run: 'one' })
  await flushPromises()
  expect(isAtWork()).toBe(true)

  await page.setProps({ run: 'two' })
  await flushPromises()
  await press('Add the photos again')
  await flushPromises()
  expect(folders).toEqual(['/photos/of one', '/photos/of two'])
  added[0]!.resolve(someDataset)
  await flushPromises()
  expect(isAtWork()).toBe(true)
  added[1]!.resolve(someDataset)
  await flushPromises()
  expect(isAtWork()).toBe(false)
})

it('An answer about the run before, which comes late, does not say where the photos of this one are', async () => {
  const answers = { one: later<RunDetails>(), two: later<RunDetails>() }
  const folders: string[] = []
  const page = await mountRoom(Page, {
    api: fakeApi({
      'runs.get': ({ run }) => answers[run as 'one'].promise,
      'datasets.add': ({ folder }) => (folders.push(folder), someDataset),
    }),
    props: { run: 'one' },
  })
  await page.setProps({ run: 'two' })
  answers.one.resolve(at('/photos/of one'))
  await flushPromises()
  expect(all('button', 'Add the photos again')).toEqual([])
  answers.two.resolve(at('/photos/of two'))
  await flushPromises()
  await press('Add the photos again')
  expect(folders).toEqual(['/photos/of two'])
})
