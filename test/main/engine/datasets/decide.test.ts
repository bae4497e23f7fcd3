import { describe, expect, it } from 'vitest'
import { affected, summaryOf } from '../../../../src/main/engine/datasets/decide.ts'
import type { Act } from '../../../../src/shared/decisions.ts'
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

  it('capture groups by no pattern that takes forever on the names that are there', () => {
    const long = { ...dataset, photos: [...dataset.photos, photo(`${'a'.repeat(60)}.jpg`)] }
    const act = { type: 'groups', rules: GroupRules.parse({ pattern: '(a+)+$' }) } as const
    const began = performance.now()
    expect(() => affected(long, [], act)).toThrow(
      expect.objectContaining({ code: 'config.invalid', parameters: { reason: 'slow-pattern' } }),
    )
    // Nothing else is answered meanwhile.
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(affected(dataset, [], act)).toEqual([])
  })

  it('each photo once, however often it is named', () => {
    expect(affected(dataset, ['a.jpg', 'c.jpg', 'a.jpg'], { type: 'leaveOut', out: true })).toEqual([
      'a.jpg',
      'c.jpg',
    ])
  })

  it('crops that have two sides', () => {
    const box = { left: -5, top: 0, width: 10, height: 10 }
    expect(affected(dataset, ['a.jpg'], { type: 'crop', box })).toEqual(['a.jpg'])
    expect(affected(dataset, ['a.jpg'], { type: 'crop', box: null })).toEqual(['a.jpg'])
    for (const none of [
      { ...box, width: 0 },
      { ...box, height: -3 },
    ])
      for (const act of [
        { type: 'crop', box: none },
        { type: 'cropEach', boxes: [none] },
      ] as const)
        expect(() => affected(dataset, ['a.jpg'], { ...act } as Act)).toThrow(
          expect.objectContaining({
            code: 'config.invalid',
            parameters: expect.objectContaining({ reason: 'no-crop' }),
          }),
        )
  })

  it('two classes where one is called as another; called as it is, nothing is merged', () => {
    const two = { ...dataset, classes: ['ants', 'bees'] }
    const codeOf = (from: string, to: string) => summaryOf(two, [], { type: 'rename', from, to }).code
    expect([codeOf('ants', 'bees'), codeOf('ants', 'wasps'), codeOf('ants', 'ants')]).toEqual([
      'merged',
      'renamed',
      'renamed',
    ])
  })

  it('as many photos as it has values', () => {
    const refused = () => affected(dataset, ['a.jpg', 'b.jpg'], { type: 'labelEach', classes: ['ants'] })
    expect(refused).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  })
})
