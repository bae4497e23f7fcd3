import { describe, expect, it } from 'vitest'
import { datasetOfRun } from '../../src/shared/belonging.ts'

const folder = { id: 'f', folder: '/photos', layout: 'class-folders' as const }
const list = { id: 'l', folder: '/photos', source: '/photos/list.csv', layout: 'list' as const }
const other = { id: 'm', folder: '/photos', source: '/photos/other.csv', layout: 'list' as const }
const created = '2026-06-01T00:00:00.000Z'
const run = { created, folder: '/photos', layout: 'class-folders' as const }
const ofList = { created, folder: '/photos', layout: 'list' as const }

describe('The dataset of a run', () => {
  it('is the one whose id it has, wherever that is', () => {
    const past = { lasting: 'first', since: created, former: [] }
    const moved = { ...folder, id: 'now', folder: '/elsewhere', past }
    expect(datasetOfRun({ ...run, id: 'first' }, [folder, moved])).toBe(moved)
  })

  it('is, without an id that is known here, as of another computer, the one in its place', () => {
    expect(datasetOfRun({ ...run, id: 'unknown' }, [folder])).toBe(folder)
    expect(datasetOfRun({ ...run, folder: '/nowhere' }, [folder])).toBeUndefined()
  })

  it('is the folder or the list, of those that lie in one folder, and none where that cannot be told', () => {
    expect(datasetOfRun(run, [list, folder, other])).toBe(folder)
    expect(datasetOfRun(run, [list])).toBeUndefined()
    expect(datasetOfRun(ofList, [list, folder])).toBe(list)
    expect(datasetOfRun(ofList, [list, folder, other])).toBeUndefined()
    expect(datasetOfRun({ ...ofList, source: '/photos/other.csv' }, [list, folder, other])).toBe(other)
  })

  it('is, of a run of before, the one that was in its place when it began', () => {
    const until = '2026-06-02T00:00:00.000Z'
    const left = {
      ...{ id: 'left', folder: '/elsewhere', layout: 'class-folders' as const },
      past: { lasting: 'f', since: until, former: [{ place: '/photos', folder: '/photos', until }] },
    }
    const came = { ...folder, past: { lasting: 'came', since: until, former: [] } }
    expect(datasetOfRun(run, [came, left])).toBe(left)
    expect(datasetOfRun({ ...run, created: '2026-06-03T00:00:00.000Z' }, [came, left])).toBe(came)
  })
})
