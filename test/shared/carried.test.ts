import { describe, expect, it } from 'vitest'
import { carriedBy } from '../../src/shared/carried.ts'
import { recipePreparation } from '../../src/shared/preparation.ts'

const metadata = {
  architecture: 'resnet18',
  classes: '["ants","bees"]',
  preparation: JSON.stringify(recipePreparation),
  calibration: JSON.stringify({ temperature: 2, targets: [0, 1], probabilities: [0.9, 0.1, 0.2, 0.8] }),
  references: JSON.stringify({ photos: 1, channels: 3, directions: 'AQID' }),
}
const calibration = (more: object) =>
  carriedBy({ ...metadata, calibration: JSON.stringify({ ...JSON.parse(metadata.calibration), ...more }) })
    .calibration

describe('what a weight file says of itself', () => {
  it('is read', () => {
    expect(carriedBy(metadata)).toMatchObject({
      network: 'resnet18',
      classes: ['ants', 'bees'],
      preparation: recipePreparation,
      precision: 'exact',
      calibration: { temperature: 2, targets: [0, 1], distances: [] },
      references: { photos: 1, channels: 3 },
    })
  })

  it('is nothing in a file of another program', () => {
    const nothing = { network: null, classes: null, preparation: null, calibration: null, references: null }
    expect(carriedBy({ format: 'pt' })).toMatchObject(nothing)
    expect(
      carriedBy({ architecture: 'toString', classes: '[1]', preparation: '{', references: '[]' }),
    ).toMatchObject(nothing)
  })

  it.each([
    ['a probability too few', { probabilities: [0.9, 0.1, 0.2] }],
    ['a class that it has not', { targets: [0, 2] }],
    ['a distance too few', { distances: [1] }],
    ['no photo', { targets: [], probabilities: [] }],
    ['a temperature of 0', { temperature: 0 }],
  ])('is no calibration with %s', (_, more) => {
    expect(calibration(more)).toBeNull()
    expect(calibration({})).not.toBeNull()
  })

  it('is no calibration without classes, and no reference without all of its bytes', () => {
    expect(carriedBy({ calibration: metadata.calibration }).calibration).toBeNull()
    const short = JSON.stringify({ photos: 2, channels: 3, directions: 'AQID' })
    expect(carriedBy({ ...metadata, references: short }).references).toBeNull()
  })
})
