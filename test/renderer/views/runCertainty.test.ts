import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../../src/shared/api/evaluation.ts'
import { evaluationReport } from '../../../src/shared/evaluation/report.ts'
import RunCertainty from '../../../src/renderer/views/run/RunCertainty.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { text } from '../support/page.ts'
import { someDetails, someRun } from '../support/samples.ts'

const classes = ['ants', 'bees']
const targets = [0, 1, 1, 0]

async function open(logits: readonly number[], temperature: number | null = null): Promise<void> {
  const report = evaluationReport(logits, targets, classes)
  const evaluation: Evaluation = {
    ...{ part: 'val', classes, photos: 4, failed: 0, report, slices: [], thresholds: [] },
    ...{ hasHistory: true, dataset: 'garden', temperature, isOld: false },
  }
  const api = fakeApi({
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'runs.get': () => someDetails(someRun),
    'datasets.list': () => ({ datasets: [] }),
    'evaluations.get': () => ({ evaluation }),
  })
  await mountRoom(RunCertainty, { api, at: `/runs/${someRun.id}/certainty` })
}

describe('the certainty of a run', () => {
  it('is offered to be corrected by the temperature that its photos tell', async () => {
    await open([2, 0, 1, 0, 0, 1, 3, 0])
    expect(text()).toContain('with the temperature')
    expect(text()).toContain('Correct it')
    expect(text()).toContain('after one temperature')
  })

  it('is left alone where all answers are right, and says why', async () => {
    await open([2, 0, 0, 1, 0, 1, 3, 0])
    expect(text()).toContain('these photos tell no temperature')
    expect(text()).not.toContain('Correct it')
    expect(document.querySelector('.reliability polyline')).toBeNull()
    expect(text()).not.toContain('after one temperature')
  })

  it('can be taken back where it was corrected by such photos before', async () => {
    await open([2, 0, 0, 1, 0, 1, 3, 0], 0.01)
    expect(text()).toContain('Take the correction away')
  })
})
