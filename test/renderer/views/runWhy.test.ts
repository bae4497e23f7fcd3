import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import RunWhy from '../../../src/renderer/views/run/RunWhy.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { control, press, text } from '../support/page.ts'
import { someDetails, someRun } from '../support/samples.ts'

describe('why a photo is answered so', () => {
  it('asks for a photo where none is chosen, and leads to the run’s photos instead of asking for ever', async () => {
    const api = fakeApi({
      'runs.list': () => ({ runs: [someRun], damaged: [] }),
      'runs.get': () => someDetails(someRun),
    })
    await mountRoom(RunWhy, { api, at: `/runs/${someRun.id}/why` })
    expect(text()).toContain('No photo is chosen')
    expect(text()).not.toContain('Asking')
    expect(control('Photos').getAttribute('href')).toContain(`/runs/${someRun.id}/photos`)
    expect(api.made.map(({ call }) => call)).not.toContain('bank.why')
  })

  it('says that it was cancelled, and asks again when it is told to', async () => {
    let asked = 0
    const api = fakeApi({
      'runs.list': () => ({ runs: [someRun], damaged: [] }),
      'runs.get': () => someDetails(someRun),
      'evaluations.get': () => ({ evaluation: null }),
      ...({
        'bank.why': async () => {
          asked += 1
          await flushPromises()
          throw new ThawError('cancelled')
        },
      } as object),
    })
    await mountRoom(RunWhy, { api, at: `/runs/${someRun.id}/why?photo=a.jpg` })
    await vi.waitFor(() => expect(text()).toContain('Cancelled.'))
    expect(text()).not.toContain('Asking the training photos')
    await press('Try again')
    expect(asked).toBe(2)
  })
})
