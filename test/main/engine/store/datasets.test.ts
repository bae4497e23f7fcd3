import { expect, it } from 'vitest'
import { openCatalogue } from '../../../../src/main/engine/store/catalogue.ts'
import { Datasets } from '../../../../src/main/engine/store/datasets.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

it('Whoever asks for a dataset at the same time gets one and the same: its file is read once', async () => {
  const { database } = openCatalogue(folder.path('catalogue.sqlite'))
  const open = () => Datasets.open(database, folder.path('datasets'), folder.path('scans'))
  const photo = {
    path: 'a/1.jpg',
    class: 0,
    split: 'train' as const,
    bytes: 1,
    modified: 1,
    width: 8,
    height: 8,
  }
  const { id } = await (
    await open()
  ).keep({
    ...{
      folder: folder.path('photos'),
      layout: 'class-folders',
      classes: ['a'],
      unreadable: [],
      photos: [photo],
    },
  })
  const datasets = await open()
  const [first, ...others] = await Promise.all([
    datasets.open(id),
    datasets.open(id),
    datasets.get(id),
    datasets.open(id),
  ])
  for (const other of others) expect('stored' in other ? other.stored : other).toBe(first.stored)
  expect((await datasets.open(id)).stored).toBe(first.stored)
  database.close()
})
