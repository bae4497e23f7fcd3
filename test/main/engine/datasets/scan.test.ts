import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { filePath } from '../../../../src/main/commands/arguments.ts'
import { archivesLeftOut, otherPicturesLeftOut } from '../../../../src/main/engine/datasets/leftOut.ts'
import { requireTrainable } from '../../../../src/main/engine/datasets/requireTrainable.ts'
import { scanDataset } from '../../../../src/main/engine/datasets/scan.ts'
import { Dataset } from '../../../../src/shared/dataset.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const photo = await jpeg({ r: 90, g: 120, b: 30 })
const scan = (name: string, options = {}) =>
  scanDataset(folder.path(name), { seed: 1, threads: 1, ...options })

/** Writes the same photo under each of these paths. */
async function make(name: string, ...paths: string[]): Promise<void> {
  for (const one of paths) await put(folder.path(name, one), photo)
}
const pathsOf = (dataset: Dataset) => dataset.photos.map((one) => one.path)

describe('the layout of a folder', () => {
  it('with train/ and val/ is taken as it is', async () => {
    await make('halves', 'train/bees/b.jpg', 'train/ants/a.jpg', 'val/ants/c.JPG', 'val/bees/d.jpeg')
    const dataset = await scan('halves')
    expect(Dataset.parse(dataset)).toEqual(dataset)
    expect(dataset).toMatchObject({
      folder: folder.path('halves'),
      layout: 'split-folders',
      classes: ['ants', 'bees'],
      unreadable: [],
      photos: [
        { path: 'train/ants/a.jpg', class: 0, split: 'train', width: 24, height: 16, bytes: photo.length },
        { path: 'train/bees/b.jpg', class: 1, split: 'train' },
        { path: 'val/ants/c.JPG', class: 0, split: 'val' },
        { path: 'val/bees/d.jpeg', class: 1, split: 'val' },
      ],
    })
  })

  it.each(['valid', 'Validation', 'test'])('may call the second half %s', async (name) => {
    await make(`half-${name}`, 'Train/a/1.jpg', `${name}/a/2.jpg`)
    expect(await scan(`half-${name}`)).toMatchObject({
      layout: 'split-folders',
      photos: [{ split: 'train' }, { split: 'val' }],
    })
  })

  it('with class folders only is split by the seed, a fifth of each class for validation', async () => {
    const names = Array.from({ length: 10 }, (_, i) => [`cat/${i}.jpg`, `dog/${i}.jpg`]).flat()
    await make('classes', ...names, 'single/only.jpg', 'pair/1.jpg', 'pair/2.jpg')
    const first = await scan('classes')
    expect(first.layout).toBe('class-folders')
    expect(first.classes).toEqual(['cat', 'dog', 'pair', 'single'])
    const val = first.photos.filter((one) => one.split === 'val').map((one) => one.class)
    expect(val).toEqual([0, 0, 1, 1, 2])
    expect(pathsOf(await scan('classes'))).toEqual(pathsOf(first))
    expect(pathsOf(await scan('classes', { seed: 2 }))).not.toEqual(pathsOf(first))
    const half = await scan('classes', { valShare: 0.5 })
    expect(half.photos.filter((one) => one.split === 'val')).toHaveLength(11)
  })

  it('with train/ alone splits what is in it', async () => {
    await make('only-train', 'train/a/1.jpg', 'train/a/2.jpg', 'train/b/1.jpg', 'train/b/2.jpg')
    expect(await scan('only-train')).toMatchObject({ layout: 'class-folders', classes: ['a', 'b'] })
  })

  it('may have a class that is called train', async () => {
    await make('vehicles', 'train/1.jpg', 'car/1.jpg', 'plane/1.jpg')
    expect((await scan('vehicles')).classes).toEqual(['car', 'plane', 'train'])
  })

  it('keeps class folders without photos, so that they can be shown', async () => {
    await make('with-empty', 'a/1.jpg')
    await put(folder.path('with-empty', 'b', 'notes.txt'), 'none')
    expect(await scan('with-empty')).toMatchObject({ classes: ['a', 'b'], emptyFolders: ['b'] })
  })
})

describe('pictures that are no photos of a folder', () => {
  it('are named and left out, and no photo is', async () => {
    await make('mixed', 'train/ants/1.jpg', 'train/bees/2.jpg', 'val/ants/3.jpg', 'val/bees/4.jpg')
    for (const name of ['train/ants/imageNotFound.gif', 'val/bees/Logo.SVG', 'train/ants/raw/1.JXL'])
      await put(folder.path('mixed', name), 'GIF89a')
    await put(folder.path('mixed', 'train/ants/notes.txt'), 'none')
    const dataset = await scan('mixed')
    expect(pathsOf(dataset)).toEqual([
      'train/ants/1.jpg',
      'train/bees/2.jpg',
      'val/ants/3.jpg',
      'val/bees/4.jpg',
    ])
    expect(dataset.unreadable).toEqual([])
    expect(dataset.otherPictures).toEqual([
      'train/ants/imageNotFound.gif',
      'train/ants/raw/1.JXL',
      'val/bees/Logo.SVG',
    ])
    expect(otherPicturesLeftOut(dataset)!.message).toContain('train/ants/imageNotFound.gif, train/ants/raw')
  })

  it('and archives, which nobody opens there, are named wherever they lie', async () => {
    for (const name of ['train/ants/1.jpg', 'train/bees/2.jpg', 'val/ants/3.jpg', 'val/bees/4.jpg'])
      await put(folder.path('packed', name), photo)
    const archives = ['all.zip', 'train/ants/deep/b.7z', 'train/벌.ZIP', 'val/bees/c.egg']
    for (const name of archives) await put(folder.path('packed', name), 'PK')
    const dataset = await scan('packed')
    expect(dataset.archives).toEqual(archives.toSorted())
    expect(dataset.photos).toHaveLength(4)
    expect(archivesLeftOut(dataset)!.message).toContain('all.zip, train/ants/deep/b.7z')
    expect(archivesLeftOut({ archives: [] })).toBeUndefined()
  })

  it('are told by number where they are many', () => {
    const otherPictures = Array.from({ length: 12 }, (_, i) => `${i}.gif`)
    const { code, parameters } = otherPicturesLeftOut({ otherPictures })!
    expect(code).toBe('dataset.other-pictures')
    expect(parameters['files']).toBe(`${otherPictures.slice(0, 10).join(', ')}, … (+2)`)
    expect(otherPicturesLeftOut({})).toBeUndefined()
  })
})

describe.skipIf(process.platform !== 'linux')('names that are not UTF-8', () => {
  const bytes = (...parts: (string | number)[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))))

  it('of photos and folders are said, and every other photo is there', async () => {
    await make('latin', 'a/1.jpg', 'a/2.jpg', 'b/1.jpg', 'b/2.jpg')
    const root = folder.path('latin')
    await writeFile(bytes(`${root}/a/b`, 0xe4, 'r.jpg'), photo)
    await mkdir(bytes(`${root}/b/B`, 0xf6, 'se'))
    await writeFile(bytes(`${root}/b/B`, 0xf6, 'se/3.jpg'), photo)
    const dataset = await scan('latin')
    expect(pathsOf(dataset).toSorted()).toEqual(['a/1.jpg', 'a/2.jpg', 'b/1.jpg', 'b/2.jpg'])
    expect(dataset.unreadable.map(({ path: file, code }) => [file, code])).toEqual([
      ['a/b\uFFFDr.jpg', 'path.misnamed'],
      ['b/B\uFFFDse', 'path.misnamed'],
    ])
  })

  it('of a class are said before anything is trained without it', async () => {
    await make('latin-class', 'a/1.jpg', 'a/2.jpg', 'b/1.jpg', 'b/2.jpg')
    const root = folder.path('latin-class')
    await mkdir(bytes(`${root}/B`, 0xf6, 'se'))
    await writeFile(bytes(`${root}/B`, 0xf6, 'se/3.jpg'), photo)
    const dataset = await scan('latin-class')
    expect(dataset.unreadable).toMatchObject([{ path: 'B\uFFFDse', code: 'path.misnamed' }])
    expect(() => requireTrainable(dataset)).toThrow(/B\uFFFDse/)
  })

  it('of the dataset’s own folder are said', async () => {
    await mkdir(bytes(`${folder.path('')}/D`, 0xe4))
    await expect(scanDataset(`${folder.path('')}/D\uFFFD`, { seed: 1, threads: 1 })).rejects.toMatchObject({
      code: 'path.misnamed',
    })
    expect(() => filePath(`${folder.path('')}/D\uFFFD`)).toThrow(
      expect.objectContaining({ code: 'path.misnamed' }),
    )
  })
})

describe('names', () => {
  it('are sorted by code point, as Python does it', async () => {
    const names = ['Z', 'a', '개', '고양이', '\u{1F41D}', '\uFB01', '10', '9']
    for (const name of names) await make('sorted', `${name}/1.jpg`)
    expect((await scan('sorted')).classes).toEqual([
      '10',
      '9',
      'Z',
      'a',
      '개',
      '고양이',
      '\uFB01',
      '\u{1F41D}',
    ])
  })

  it('of classes are composed, while paths stay as the disk has them', async () => {
    const decomposed = '고양이'.normalize('NFD')
    await make('korean', `train/${decomposed}/사진 "1".jpg`, 'val/고양이/두\n줄.jpg')
    const dataset = await scan('korean')
    expect(dataset.classes).toEqual(['고양이'])
    expect(pathsOf(dataset)).toEqual([`train/${decomposed}/사진 "1".jpg`, 'val/고양이/두\n줄.jpg'])
  })

  it('hide what systems leave behind, and what is not named like a photo', async () => {
    await make(
      'litter',
      'a/1.jpg',
      'a/.hidden.jpg',
      'a/__MACOSX/2.jpg',
      '.git/3.jpg',
      'a/Thumbs.db',
      'a/list.txt',
    )
    expect(pathsOf(await scan('litter'))).toEqual(['a/1.jpg'])
  })

  it('in folders below a class belong to the class', async () => {
    await make('deep', 'a/2024/summer/1.jpg', 'a/2.jpg')
    const { classes, photos } = await scan('deep')
    expect(classes).toEqual(['a'])
    expect(photos.map((one) => one.path).sort()).toEqual(['a/2.jpg', 'a/2024/summer/1.jpg'])
  })

  it('that link in a circle are followed once', async () => {
    await make('circle', 'a/1.jpg')
    await symlink(folder.path('circle', 'a'), folder.path('circle', 'a', 'again'))
    await symlink(folder.path('nowhere'), folder.path('circle', 'a', 'broken.jpg'))
    const dataset = await scan('circle')
    expect(pathsOf(dataset)).toEqual(['a/1.jpg'])
    expect(dataset.unreadable).toMatchObject([{ path: 'a/broken.jpg', code: 'photo.missing' }])
  })
})

describe('a link upwards in a class folder', () => {
  it('brings no photos of other classes into it', async () => {
    await make('upwards', 'a/1.jpg', 'b/2.jpg')
    await symlink('..', folder.path('upwards', 'a', 'up'))
    await symlink('/', folder.path('upwards', 'b', 'root'))
    expect(pathsOf(await scan('upwards'))).toEqual(['a/1.jpg', 'b/2.jpg'])
  })
})

describe('photos that cannot be read', () => {
  it('are listed with the reason and left out', async () => {
    await make('bad', 'a/good.jpg')
    await put(folder.path('bad/a/empty.jpg'), '')
    await put(folder.path('bad/a/text.png'), 'a text')
    await put(folder.path('bad/a/cut.jpg'), photo.subarray(0, photo.length - 40))
    const dataset = await scan('bad')
    expect(Dataset.parse(dataset)).toEqual(dataset)
    expect(pathsOf(dataset)).toEqual(['a/good.jpg'])
    expect(dataset.unreadable.map(({ path: file, code }) => [file, code])).toEqual([
      ['a/cut.jpg', 'photo.truncated'],
      ['a/empty.jpg', 'photo.empty'],
      ['a/text.png', 'photo.not-a-photo'],
    ])
    expect(dataset.unreadable[1]!.message).toContain('“a/empty.jpg”')
  })

  it.each([
    ['nowhere', 'dataset.missing'],
    ['a-file', 'dataset.not-a-folder'],
  ])('the folder %s is an error', async (name, code) => {
    await put(folder.path('a-file'), 'x')
    await expect(scan(name)).rejects.toMatchObject({ code, parameters: { folder: folder.path(name) } })
  })

  it('an empty folder is a dataset without classes', async () => {
    await put(folder.path('nothing', 'readme.txt'), '')
    expect(await scan('nothing')).toMatchObject({ classes: [], photos: [], unreadable: [] })
  })
})

describe('a scan', () => {
  it('reports its progress and can be cancelled', async () => {
    await make('many', ...Array.from({ length: 30 }, (_, i) => `a/${i}.jpg`))
    const seen: number[] = []
    await scan('many', {
      onProgress: ({ done, total }: { done: number; total: number }) => seen.push(done / total),
    })
    expect(seen).toHaveLength(31)
    expect(seen.at(-1)).toBe(1)
    const stop = new AbortController()
    const onProgress = ({ done }: { done: number }) => {
      if (done === 5) stop.abort()
    }
    await expect(scan('many', { onProgress, signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  it('remembers its verdicts, good and bad, until a file changes', async () => {
    const cacheFolder = folder.path('cache')
    await make('kept', 'a/1.jpg', 'a/2.jpg')
    await put(folder.path('kept/a/3.jpg'), 'a text')
    const first = await scan('kept', { cacheFolder })
    // The same size and time, but no photo any more: only who decodes again would notice.
    const { modified } = first.photos[0]!
    await writeFile(folder.path('kept', first.photos[0]!.path), Buffer.alloc(photo.length, 7))
    await utimes(folder.path('kept', first.photos[0]!.path), modified / 1000, modified / 1000)
    expect(await scan('kept', { cacheFolder })).toEqual(first)
    await utimes(folder.path('kept', first.photos[0]!.path), 1, 1)
    expect((await scan('kept', { cacheFolder })).unreadable).toHaveLength(2)
  })

  it('takes a damaged cache for none, and forgets photos that are gone', async () => {
    const cacheFolder = folder.path('cache2')
    await make('again', 'a/1.jpg', 'a/2.jpg')
    const first = await scan('again', { cacheFolder })
    const [name] = await readdir(path.join(cacheFolder, 'scans'))
    const file = path.join(cacheFolder, 'scans', name!)
    await writeFile(file, '{"version":1,"half a li')
    expect(await scan('again', { cacheFolder })).toEqual(first)
    await rm(folder.path('again/a/1.jpg'))
    await make('again', 'a/3.jpg')
    await scan('again', { cacheFolder })
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    expect(lines.slice(1).map((line) => (JSON.parse(line) as { path: string }).path)).toEqual([
      'a/2.jpg',
      'a/3.jpg',
    ])
  })

  it('handles 200 classes of one photo and three photos in all', async () => {
    await make('wide', ...Array.from({ length: 200 }, (_, i) => `class ${i}/photo.jpg`))
    const dataset = await scan('wide')
    expect([dataset.classes.length, dataset.photos.length]).toEqual([200, 200])
    await make('three', 'a/1.jpg', 'a/2.jpg', 'b/1.jpg')
    expect((await scan('three')).photos.map((one) => one.split)).toEqual(['train', 'train', 'val'])
  })
})

describe('while a person waits for something else', () => {
  it('no photo is looked at, and all of them afterwards', async () => {
    for (const folder of ['held', 'other']) await make(folder, 'a/1.jpg', 'a/2.jpg', 'b/1.jpg', 'b/2.jpg')
    let tell: ((isBusy: boolean) => void) | undefined
    let stopped = false
    const foreground = {
      follow: (follower: (isBusy: boolean) => void) => {
        tell = follower
        follower(true)
        return () => (stopped = true)
      },
    }
    let done = 0
    const scanned = scan('held', { foreground, onProgress: (it: { done: number }) => (done = it.done) })
    await expect.poll(() => tell).toBeDefined()
    // Time enough for as many photos.
    await scan('other')
    expect(done).toBe(0)
    tell?.(false)
    expect((await scanned).photos).toHaveLength(4)
    expect(stopped).toBe(true)
  })
})
