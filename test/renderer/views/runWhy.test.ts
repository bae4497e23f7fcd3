import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import RunWhy from '../../../src/renderer/views/run/RunWhy.vue'
import { ThawError } from '../../../src/shared/errors.ts'
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

  it('says that its run was thrown away meanwhile, and asks again once that is brought back', async () => {
    let runs = [] as (typeof someRun)[]
    const api = fakeApi({
      'runs.list': () => ({ runs, damaged: [] }),
      'runs.get': () => someDetails(someRun),
      'runs.restore': () => someRun,
      'jobs.start': () => {
        if (runs.length === 0) throw new ThawError('run.missing', { run: someRun.id })
        return { job: 'why' }
      },
    })
    await mountRoom(RunWhy, { api, at: `/runs/${someRun.id}/why?photo=ants/a.jpg` })
    expect(text()).toContain('This run is not there any more')
    expect(text()).not.toContain('Asking')
    expect(document.querySelector('.notice-bad')).toBeNull()
    const asked = () => api.made.filter(({ call }) => call === 'jobs.start').length
    const before = asked()
    runs = [someRun]
    await press('Restore')
    api.emit('runs.changed', {})
    await flushPromises()
    expect(text()).not.toContain('This run is not there any more')
    expect(asked()).toBe(before + 1)
  })
})
