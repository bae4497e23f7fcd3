import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { Finding } from '../../src/shared/findings.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { describeGolden, photosFolder } from '../support/golden.ts'
import type { Planted } from '../support/plantedFaults.ts'
import { plantFaults } from '../support/plantedFaults.ts'

const folder = temporaryFolder()

describeGolden('thaw check', () => {
  let planted: Planted
  let found: Finding[]
  beforeAll(async () => {
    planted = (await plantFaults(photosFolder, folder.path('photos'), 8)).planted
    const result = await thaw(['check', folder.path('photos'), '--json'], {
      env: { THAW_HOME: folder.path('home') },
    })
    expect(result.code).toBe(0)
    found = objects<Finding>(result)
  })

  const sets = (...kinds: string[]) =>
    found
      .filter(({ finding }) => kinds.includes(finding))
      .map((it) => new Set(it.photos.map((photo) => path.relative(folder.path('photos'), photo))))
  const holds = (groups: Set<string>[], pair: [string, string]) =>
    groups.some((group) => pair.every((photo) => group.has(photo)))

  it('finds every copy, whatever its size, quality and turn, and every leak, with at most two false alarms', () => {
    const copies = sets('duplicate', 'near-duplicate')
    const leaks = sets('leak')
    for (const pair of [...planted.copies, ...planted.turned, ...planted.leaks])
      expect(holds(copies, pair), pair.join(' ')).toBe(true)
    for (const pair of planted.leaks) expect(holds(leaks, pair), pair.join(' ')).toBe(true)
    const known = [...planted.copies, ...planted.turned, ...planted.leaks]
    const falseCopies = copies.filter((group) => !known.some((pair) => pair.every((it) => group.has(it))))
    const falseLeaks = leaks.filter(
      (group) => !planted.leaks.some((pair) => pair.every((it) => group.has(it))),
    )
    expect(falseCopies.length + falseLeaks.length).toBeLessThanOrEqual(2)
  })

  it('finds every broken file and no other', () => {
    const broken = sets('unreadable', 'truncated').flatMap((group) => [...group])
    expect(broken.sort()).toEqual(planted.corrupt.toSorted())
  })

  it('finds swapped labels among the first', () => {
    const first = sets('likely-mislabel').slice(0, 25)
    expect(
      planted.swapped.filter((photo) => first.some((one) => one.has(photo))).length,
    ).toBeGreaterThanOrEqual(7)
  })

  it('ends with a count of each kind', () => {
    const last = found.at(-1) as unknown as { type: string; findings: Record<string, number> }
    expect(last.type).toBe('checked')
    expect(last.findings['leak']).toBe(sets('leak').length)
  })
})
