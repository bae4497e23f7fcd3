import { expect, it } from 'vitest'
import { detailOf } from '../../src/shared/api/jobs.ts'

it('a job’s detail is read by its fields’ types; what tells something else tells nothing', () => {
  expect(detailOf({ detail: { run: 'r', epoch: 1, classification: 'c' } })).toEqual({ run: 'r', epoch: 1 })
  for (const job of [undefined, null, { detail: null }, { detail: { run: 3 } }])
    expect(detailOf(job)).toEqual({})
})
