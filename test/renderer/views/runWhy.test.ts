import { describe, expect, it } from 'vitest'
import RunWhy from '../../../src/renderer/views/run/RunWhy.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { control, text } from '../support/page.ts'
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
})
