import { describe, expect, it } from 'vitest'
import { classIndices } from '../../../../src/main/engine/evaluation/evaluateFolder.ts'
import type { Dataset, Photo } from '../../../../src/shared/dataset.ts'

const photos = (...classes: number[]): Photo[] =>
  classes.map((of, i) => ({
    ...{ path: `${i}.jpg`, class: of, split: 'val', width: 8, height: 8, bytes: 1, modified: 0 },
  }))
const of = (classes: string[], labels: string[], shown = photos(...classes.keys())) => {
  const dataset: Dataset = {
    ...{ folder: '/photos', layout: 'class-folders', classes, photos: shown, unreadable: [] },
  }
  return classIndices(dataset, shown, labels, 'mine')
}

describe('The classes of a folder are the run’s', () => {
  it('by name, in whatever order and however few', () => {
    expect(of(['bees', 'ants'], ['ants', 'bees', 'wasps'])).toEqual([1, 0])
  })

  it('by name but for case and how Hangul is composed', () => {
    expect(of(['Ants', '벌'.normalize('NFD')], ['벌', 'ants'])).toEqual([1, 0])
  })

  it('or are refused with the names of all that are unknown', () => {
    expect(() => of(['ants', 'flies', 'moths'], ['ants', 'bees'])).toThrow(
      expect.objectContaining({
        code: 'run.other-classes',
        parameters: { run: 'mine', folder: '/photos', classes: '“flies”, “moths”' },
      }),
    )
  })

  it('and an unknown one that no photo shows is none', () => {
    expect(of(['ants', 'flies'], ['ants'], photos(0, 0))).toEqual([0, -1])
  })

  it('and never two for one: names that differ only in case are unknown', () => {
    expect(() => of(['Ants', 'ANTS'], ['ants'])).toThrow(
      expect.objectContaining({ code: 'run.other-classes' }),
    )
  })
})
