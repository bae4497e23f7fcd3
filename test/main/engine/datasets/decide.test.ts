import { describe, expect, it } from 'vitest'
import { affected } from '../../../../src/main/engine/datasets/decide.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../../src/shared/dataset.ts'

const photo = (path: string, group?: string): BrowsedPhoto => ({
  ...{ path, class: 0, split: 'train', bytes: 1, modified: 1, width: 40, height: 30, out: false },
  ...(group !== undefined && { group }),
})
const dataset: BrowsedDataset = {
  ...{ folder: '/photos', layout: 'class-folders', classes: ['ants'], unreadable: [] },
  photos: [photo('a.jpg', 'burst'), photo('b.jpg', 'burst'), photo('c.jpg')],
}

describe('An act is about', () => {
  it('the photos that are named, and of a capture group that is moved to a part all', () => {
    expect(affected(dataset, ['a.jpg'], { type: 'leaveOut', out: true })).toEqual(['a.jpg'])
    expect(affected(dataset, ['a.jpg'], { type: 'part', part: 'val' }).toSorted()).toEqual(['a.jpg', 'b.jpg'])
  })

  it('no photo that the dataset does not have: none is changed, and the first stranger is named', () => {
    const act = { type: 'leaveOut', out: true } as const
    const refused = () => affected(dataset, ['a.jpg', 'x.jpg', 'y.jpg'], act)
    expect(refused).toThrow(
      expect.objectContaining({ code: 'photos.unknown', parameters: { count: 2, photo: 'x.jpg' } }),
    )
  })

  it('at least one photo', () => {
    const refused = () => affected(dataset, [], { type: 'leaveOut', out: true })
    expect(refused).toThrow(expect.objectContaining({ code: 'act.empty' }))
  })

  it('a class that there is', () => {
    expect(affected(dataset, [], { type: 'rename', from: 'ants', to: 'bees' })).toEqual([])
    const refused = () => affected(dataset, [], { type: 'rename', from: 'wasps', to: 'bees' })
    expect(refused).toThrow(
      expect.objectContaining({ code: 'class.unknown', parameters: { class: 'wasps' } }),
    )
  })

  it('capture groups by a pattern that can be one', () => {
    const rules = (pattern: string | null) => GroupRules.parse({ pattern })
    expect(affected(dataset, [], { type: 'groups', rules: rules('^(\\w+)_\\d+') })).toEqual([])
    expect(affected(dataset, [], { type: 'groups', rules: rules(null) })).toEqual([])
    const refused = () => affected(dataset, [], { type: 'groups', rules: rules('(') })
    expect(refused).toThrow(
      expect.objectContaining({ code: 'config.invalid', parameters: { reason: 'no-pattern' } }),
    )
  })

  it('as many photos as it has values', () => {
    const refused = () => affected(dataset, ['a.jpg', 'b.jpg'], { type: 'labelEach', classes: ['ants'] })
    expect(refused).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  })
})
