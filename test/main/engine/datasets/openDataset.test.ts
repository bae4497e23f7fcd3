import { expect, it } from 'vitest'
import { openDataset } from '../../../../src/main/engine/datasets/openDataset.ts'
import { scanFolder } from '../../../../src/main/engine/datasets/scan.ts'
import { openCatalogue } from '../../../../src/main/engine/store/catalogue.ts'
import { Datasets } from '../../../../src/main/engine/store/datasets.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const options = { seed: 1, threads: 1 }

it('A dataset opened by its name tells on how many names its pattern took too long, and only then', async () => {
  const photo = await jpeg({ r: 90, g: 120, b: 30 })
  for (const name of ['one', 'two', 'a'.repeat(60)]) await put(folder.path(`garden/ants/${name}.jpg`), photo)
  const paths = {
    datasets: folder.path('datasets'),
    scans: folder.path('scans'),
    samples: folder.path('samples'),
  }
  const { database } = openCatalogue(folder.path('catalogue.sqlite'))
  const datasets = await Datasets.open(database, paths)
  const { id } = await datasets.keep(await scanFolder(folder.path('garden'), options))
  const told = async (given: string) => {
    const names: number[] = []
    await openDataset(given, { ...options, paths, onSlowNames: (count) => names.push(count) })
    return names
  }
  const groupBy = (pattern: string) => {
    const act = { type: 'groups' as const, rules: GroupRules.parse({ pattern }) }
    return datasets.decide(id, () => ({
      ...{ kind: 'act', act, photos: [], summary: { code: 'grouped', parameters: {} } },
    }))
  }
  expect(await told(id)).toEqual([])
  await groupBy('(a+)+$')
  expect(await told(id)).toEqual([1])
  // The folder itself has no pattern.
  expect(await told(folder.path('garden'))).toEqual([])
  await groupBy('^(one|two)')
  expect(await told(id)).toEqual([])
  database.close()
})
