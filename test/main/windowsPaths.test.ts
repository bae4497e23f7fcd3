import type * as NodePath from 'node:path'
import path from 'node:path'
import type * as NodeUrl from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { desktopDialogs } from '../../src/main/dialogs.ts'
import { isOutside, relocatedPath, withPaths } from '../../src/main/engine/datasets/relocated.ts'
import { isOtherPictureName } from '../../src/main/engine/datasets/extensions.ts'
import { plainName } from '../../src/main/engine/fileName.ts'
import { isWithin, pathFrom, requireFullPath } from '../../src/main/engine/files.ts'
import { numbered, safeName } from '../../src/main/engine/filing/names.ts'
import { fillPattern, requirePattern } from '../../src/main/engine/filing/pattern.ts'
import { newRunId } from '../../src/main/engine/training/runRecorder.ts'
import { placeOf } from '../../src/main/engine/unzip.ts'
import { uploadPath } from '../../src/main/host/uploads.ts'
import { openedBy } from '../../src/main/openedFiles.ts'
import { wordsIn } from '../../src/main/words.ts'
import { isPhotoName } from '../../src/shared/photoFiles.ts'
import { dialog } from './electron/standIn.ts'

/** Windows’ rules of paths, on whatever system this runs. */
vi.mock('node:path', async (original) => {
  const { win32 } = await original<typeof NodePath>()
  return { ...win32, default: win32 }
})
vi.mock('node:url', async (original) => {
  const url = await original<typeof NodeUrl>()
  const fileURLToPath = (address: string) => url.fileURLToPath(address, { windows: true })
  return { ...url, fileURLToPath, default: { ...url, fileURLToPath } }
})
vi.mock('electron', () => import('./electron/standIn.ts'))

const nasty = [
  ...[
    '..',
    '..\\..\\evil',
    'C:\\evil',
    'C:evil',
    '\\\\server\\share\\x',
    '\\\\?\\C:\\x',
    'a/../../b',
    'a:stream',
    'con',
    'NUL.jpg',
  ],
  ...['com1.tar.gz', 'lpt¹', 'name.', 'name ', '...', '', 'x\0y', 'q?*"<>|', '벌 사진', 'e\u0301'],
]
/** What no file of Windows may be called (learn.microsoft.com, “Naming Files, Paths, and Namespaces”). */
const isRefused = (name: string): boolean =>
  /[<>:"/\\|?*\u0000-\u001f]/.test(name) ||
  /[. ]$/.test(name) ||
  /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) ||
  name === ''

describe('By Windows’ rules', () => {
  it('paths are joined as there', () => {
    expect(path.join('C:\\a', 'b')).toBe('C:\\a\\b')
  })

  it.each(nasty)(
    'a photo that is filed by class and name %j stays below its target, under a name that is taken',
    (name) => {
      const target = 'D:\\photos'
      const parts = fillPattern('{group}/{class}/{name}', {
        class: name,
        group: name,
        date: '',
        name: `${name}.jpg`,
      }).split('/')
      expect(parts).toHaveLength(3)
      for (const part of parts) expect(isRefused(part), part).toBe(false)
      const to = path.join(target, ...parts)
      expect(path.relative(target, to)).toBe(parts.join('\\'))
      expect(isRefused(numbered(safeName(name), 2))).toBe(false)
    },
  )

  it.each(['C:{name}', 'C:/x/{name}', '\\\\server\\{name}', '..\\{name}', '/{name}', 'a\\{name}'])(
    'the pattern %s leads out, and is refused',
    (pattern) => {
      expect(() => requirePattern(pattern)).toThrow(expect.objectContaining({ code: 'filing.pattern-path' }))
    },
  )

  it('a sent file goes below its batch, and names with backslashes or of devices are refused', () => {
    const home = 'C:\\Users\\me\\Thaw'
    expect(uploadPath(home, 'b', 'summer/a.jpg')).toEqual({
      folder: 'C:\\Users\\me\\Thaw\\uploads\\b',
      file: 'C:\\Users\\me\\Thaw\\uploads\\b\\summer\\a.jpg',
    })
    for (const name of [
      '..\\a.jpg',
      'C:\\a.jpg',
      '\\\\server\\a.jpg',
      'x/..\\..\\a.jpg',
      'con.jpg',
      'AUX',
      'a/nul',
    ])
      expect(() => uploadPath(home, 'b', name), name).toThrow(
        expect.objectContaining({ code: 'rpc.invalid' }),
      )
  })

  it.each([
    [['thaw.exe', 'C:\\weights\\vgg16.PTH'], 'C:\\weights\\vgg16.PTH', []],
    [['thaw.exe', 'mine.safetensors'], 'D:\\standing\\mine.safetensors', []],
    [['thaw.exe', '..\\mine.pt'], 'D:\\mine.pt', []],
    [['thaw.exe', 'C:\\photos\\a.JPG', 'b.png'], undefined, ['C:\\photos\\a.JPG', 'D:\\standing\\b.png']],
  ])('the command line %j opens the weight file %s and the photos %j', (argv, weights, photos) => {
    expect(openedBy(argv, 'D:\\standing', 'D:\\thaw')).toEqual({ weights, photos })
  })

  it.each([
    ['file:///C:/my%20photos/%EB%B2%8C.jpg', ['C:\\my photos\\벌.jpg']],
    ['file://server/share/a.jpg', ['\\\\server\\share\\a.jpg']],
    ['file:///no-drive/a.jpg', []],
    ['file:///C:/a%2Fb.jpg', []],
  ])('the address %s names the photos %j', (address, photos) => {
    expect(openedBy(['thaw.exe', address], 'D:\\standing', 'D:\\thaw').photos).toEqual(photos)
  })

  it.each(nasty)(
    'an entry of an archive named %j stays below its folder, under a name that is taken',
    (name) => {
      // A backslash and what climbs out, yauzl refuses before.
      const entry = `birds/${name.replaceAll(/[\\/]/g, '')}.jpg`
      const parts = path.relative('D:\\photos', placeOf('D:\\photos', entry, 'win32')).split('\\')
      expect(parts).toHaveLength(2)
      for (const part of parts) expect(isRefused(part), part).toBe(false)
      expect(placeOf('D:\\photos', 'birds/10:30.jpg', 'linux')).toBe('D:\\photos\\birds\\10:30.jpg')
    },
  )

  it.each([...nasty, '𠮷'.repeat(100), `${'x'.repeat(79)}𠮷`, '벌'.repeat(200), 'com1.pth'])(
    'a run that is called %j is exported under a name that is taken, and that a header can tell',
    (name) => {
      const file = `${plainName(name)}.certificate.json`
      expect(isRefused(file)).toBe(false)
      expect(isRefused(plainName(name))).toBe(false)
      expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255)
      expect(file.isWellFormed()).toBe(true)
    },
  )

  it('a run’s folder has a name that is taken', () => {
    for (let i = 0; i < 100; i += 1) expect(isRefused(newRunId())).toBe(false)
  })

  it('a place below a folder is told from one beside it and from one on another disk', () => {
    for (const place of ['D:\\photos', 'd:\\Photos\\a', 'D:\\photos\\..b', 'D:/photos/a'])
      expect(isWithin('D:\\photos', place), place).toBe(true)
    for (const place of [
      'D:\\photos2',
      'D:\\',
      'E:\\photos\\a',
      '\\\\server\\photos\\a',
      'D:\\photos\\..\\b',
    ])
      expect(isWithin('D:\\photos', place), place).toBe(false)
    expect(requireFullPath('C:\\a')).toBe('C:\\a')
    for (const typed of ['a', 'C:a', '..\\a', ''])
      expect(() => requireFullPath(typed), typed).toThrow(expect.objectContaining({ code: 'path.relative' }))
  })

  it('photos are told with /, also those outside the folder and on another disk, and are found again', () => {
    const [folder, moved] = ['D:\\photos\\birds', 'E:\\birds']
    for (const [place, seen, after] of [
      ['D:\\photos\\birds\\owl\\a.jpg', 'owl/a.jpg', 'owl/a.jpg'],
      ['D:\\photos\\more\\b.jpg', '../more/b.jpg', 'D:/photos/more/b.jpg'],
      ['E:\\more\\c.jpg', 'E:/more/c.jpg', '../more/c.jpg'],
      ['\\\\server\\share\\d.jpg', '//server/share/d.jpg', '//server/share/d.jpg'],
    ] as const) {
      expect(pathFrom(folder, place)).toBe(seen)
      expect(path.resolve(folder, seen)).toBe(place)
      expect(isOutside(seen)).toBe(seen !== 'owl/a.jpg')
      const entry = { kind: 'act', act: { type: 'left-out' }, photos: [seen] } as never
      const pathNow = (it: string) => relocatedPath(it, { from: folder, to: moved })
      expect(withPaths(entry, pathNow)).toMatchObject({ photos: [after] })
    }
  })

  it('a name that a page proposes for a file never leads into another folder', async () => {
    const desktop = desktopDialogs(
      () => ({}) as never,
      () => wordsIn('en'),
    )
    for (const name of ['..\\..\\x.pth', 'C:\\Windows\\x.pth', '../x.pth']) {
      await desktop.pickSave(name)
      expect(dialog.asked.at(-1)!.defaultPath!.split('\\').at(-1)).toBe('x.pth')
      expect(dialog.asked.at(-1)!.defaultPath).not.toMatch(/\.\.|Windows/)
    }
  })

  it('photos are known by their endings', () => {
    expect(isPhotoName('C:\\photos\\A.JPG')).toBe(true)
    expect(isPhotoName('C:\\photos.jpg\\readme')).toBe(false)
    expect(isOtherPictureName('C:\\photos\\moving.GIF')).toBe(true)
  })
})
