import { readdir } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { removeLeftovers } from '../../../../src/main/engine/store/leftovers.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
/** A process that has ended. */
const { pid: gone } = spawnSync(process.execPath, ['--eval', ''])

it('what killed writes left, and thumbnails of a former format, are removed in the data folder and the cache folder, and nothing else', async () => {
  const left = [
    ...[
      `settings.json.${gone}-1.tmp`,
      `datasets/a.json.${gone}-12.tmp`,
      `runs/r/last.safetensors.thaw-${gone}-0.tmp`,
    ],
    `catalogue.sqlite.version-3.${gone}-0.tmp`,
    `../cache/thumbnails/ab/cd.webp.${gone}.part`,
    '../cache/thumbnails/ab/abcd-192.webp',
    `samples/.unfinished-0a1b.thaw-${gone}-1.tmp/ants/a.jpg`,
    `runs/half.thaw-${gone}-1.tmp/run.json`,
  ]
  /** Of an archive that was being unpacked all goes at once. */
  const removed = left.map((file) => folder.path('home', file.replace(/(-1\.tmp)\/.*/, '$1')))
  const stays = [
    ...['settings.json', 'mine.tmp', `datasets/a.json.${process.pid}-3.tmp`, `weights/vgg16.pth.part`],
    ...[
      `samples/photos/a.jpg.${gone}-1.tmp`,
      `samples/.unfinished-0a1b.thaw-${process.pid}-1.tmp/b.jpg`,
      `samples/photos.${gone}-1.tmp/c.jpg`,
      `runs/half.thaw-${process.pid}-1.tmp/run.json`,
      `gpu/a.${gone}-1.tmp`,
      `../cache/thumbnails/${process.pid}.webp`,
      ...['../cache/thumbnails/ab/abcd-192.jpg', 'pictures/mine-192.webp'],
    ],
  ]
  for (const file of [...left, ...stays]) await put(folder.path('home', file), 'x')
  const folders = { home: folder.path('home'), cache: folder.path('cache') }
  expect((await removeLeftovers(folders)).toSorted()).toEqual(removed.toSorted())
  const there = [
    ...(await readdir(folder.path('home'), { recursive: true })),
    ...(await readdir(folder.path('cache'), { recursive: true })).map((file) => `../cache/${file}`),
  ]
  expect(there.filter((file) => left.includes(file))).toEqual([])
  for (const file of stays) expect(there).toContain(file)
  expect(await removeLeftovers({ home: folder.path('none'), cache: folder.path('none') })).toEqual([])
})
