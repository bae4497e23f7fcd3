import { flushPromises } from '@vue/test-utils'
import { beforeAll, expect, it, vi } from 'vitest'
import type { RunSummary } from '../../../src/shared/run.ts'
import CompareRuns from '../../../src/renderer/views/CompareRuns.vue'
import { useRuns } from '../../../src/renderer/stores/runs.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, text } from '../support/page.ts'
import { someEvents, someRun } from '../support/samples.ts'

vi.mock('../../../src/renderer/components/charts/LineChart.vue', () => ({ default: { render: () => null } }))

beforeAll(layOut)

const first: RunSummary = { ...someRun, id: 'first', name: 'Quick one' }
const second: RunSummary = { ...someRun, id: 'second', name: 'Slow one' }

it('keeps the names and the curves of its runs when one goes into the trash', async () => {
  let runs = [first, second]
  const api = fakeApi({
    'runs.list': () => ({ runs, damaged: [] }),
    'runs.events': ({ run }) => {
      const events = someEvents(run === 'first' ? first : second)
      return { events, next: events.length, done: true }
    },
  })
  await mountRoom(CompareRuns, { api, at: '/compare?runs=first,second' })
  await flushPromises()
  const lines = () => all('.legend > span').map((it) => it.textContent.trim())
  expect(text()).toContain('Quick one')
  const before = lines()
  expect(before).toEqual(['A', 'B'])
  runs = [second]
  await useRuns().reload()
  await flushPromises()
  expect(text()).toContain('Quick one')
  // The second run's curve does not become the first one's.
  expect(lines()).toEqual(before)
})
