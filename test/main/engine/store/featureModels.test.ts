import { expect, it } from 'vitest'
import { starterModel } from '../../../../src/shared/api/features.ts'
import { FeatureModels } from '../../../../src/main/engine/store/featureModels.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

it('The network that looks at a dataset’s photos is known after a restart, and two windows that choose lose nothing of each other', async () => {
  const file = folder.path('models.json')
  const models = new FeatureModels(file)
  expect(await models.of('garden')).toBeNull()
  await Promise.all([models.choose('garden', { run: 'r1' }), models.choose('insects', starterModel)])
  const again = new FeatureModels(file)
  expect([await again.of('garden'), await again.of('insects')]).toEqual([{ run: 'r1' }, starterModel])
})
