import { expect, test } from 'vitest'
import type { InnerClient } from '../../../src/main/host/child.ts'
import { Jobs } from '../../../src/main/host/jobs/jobs.ts'
import { ThawError } from '../../../src/shared/errors.ts'

/** A list of jobs whose library does each at once; those about “bad” fail, as by a process that is gone where it says so. */
function aList() {
  const cleared: string[] = []
  const begun: string[] = []
  const call = (name: string, { input }: { input?: { filing: string } }) => {
    if (name !== 'library.work') return Promise.resolve({})
    begun.push(input!.filing)
    if (input!.filing === 'bad') return Promise.reject(new ThawError('filing.busy'))
    if (input!.filing === 'gone') return Promise.reject(new ThawError('engine.gone', { part: 'library' }))
    return Promise.resolve({ result: { filing: input!.filing, done: 1 } })
  }
  const jobs = new Jobs({
    clientOf: () => Promise.resolve({ call } as unknown as InnerClient),
    onChange: () => undefined,
    onCleared: (ids) => cleared.push(...ids),
  })
  const ended = async (filing: string) => {
    const id = jobs.start({ kind: 'file', ...{ filing } })
    await jobs.until(id, (job) => job.ended !== null)
    return id
  }
  return { jobs, begun, cleared, ended }
}

test('Of jobs that have ended the last hundred are kept; the others are forgotten, the oldest first', async () => {
  const { jobs, cleared, ended } = aList()
  const ids: string[] = []
  for (let i = 0; i < 103; i += 1) ids.push(await ended(`f${i}`))
  expect(jobs.list()).toHaveLength(100)
  expect(cleared.toSorted()).toEqual(ids.slice(0, 3).toSorted())
})

test('A job that is done is not done again; one that failed is, as often as it is wanted', async () => {
  const { jobs, begun, ended } = aList()
  const done = await ended('good')
  expect(() => jobs.retry(done)).toThrow(expect.objectContaining({ code: 'refused' }))
  const failed = await ended('bad')
  for (let i = 0; i < 3; i += 1) {
    jobs.retry(failed)
    expect(jobs.get(failed)).toMatchObject({ ended: null, error: null })
    expect(await jobs.until(failed, (job) => job.ended !== null)).toMatchObject({
      ...{ state: 'failed', error: { code: 'filing.busy' } },
    })
  }
  expect(begun).toEqual(['good', 'bad', 'bad', 'bad', 'bad'])
})

test('What can go on is begun once more where its process was gone, and no third time by itself', async () => {
  const { jobs, begun, ended } = aList()
  const id = await ended('gone')
  expect(jobs.get(id)).toMatchObject({ state: 'interrupted', error: { code: 'engine.gone' } })
  expect(begun).toEqual(['gone', 'gone'])
})
