import { expect, it } from 'vitest'
import { leftOutByAll, relabelledBy } from '../../../../src/renderer/components/findings/bulk.ts'
import type { KeptFinding } from '../../../../src/shared/api/findings.ts'

const finding = (photos: string[], of: Partial<KeptFinding> = {}): KeptFinding => ({
  ...{ id: photos.join(), finding: 'near-duplicate', photos, detail: {}, dismissed: false },
  pictures: photos.map((photo) => (photo.startsWith('gone') ? null : photo)),
  ...of,
})

it('leaves one of each set of copies, also where sets overlap', () => {
  const sets = [finding(['a', 'b', 'c']), finding(['c', 'd']), finding(['d', 'a']), finding(['x', 'y'])]
  const out = new Set(leftOutByAll(sets))
  expect(out).not.toContain('a')
  for (const { photos } of sets) expect(photos.some((photo) => !out.has(photo))).toBe(true)
  expect(out).toContain('b')
  expect(out).toContain('y')
})

it('leaves out all of what is wrong by itself, but nothing that is gone', () => {
  expect(leftOutByAll([finding(['a', 'gone'], { finding: 'blurred' })])).toEqual(['a'])
  expect(leftOutByAll([finding(['gone', 'a'])])).toEqual([])
})

it('relabels what is sure enough, each to its own suggestion', () => {
  const mislabel = (photo: string, suggested: string, probability: number) =>
    finding([photo], { finding: 'likely-mislabel', detail: { class: 'x', suggested, probability } })
  const all = [mislabel('a', 'ants', 0.97), mislabel('b', 'bees', 0.95), mislabel('c', 'ants', 0.5)]
  expect(relabelledBy(all, 0.95)).toEqual({
    photos: ['a', 'b'],
    classes: ['ants', 'bees'],
    findings: ['a', 'b'],
  })
})
