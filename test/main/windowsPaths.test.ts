import type * as NodePath from 'node:path'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { desktopDialogs } from '../../src/main/dialogs.ts'
import { isOtherPictureName } from '../../src/main/engine/datasets/extensions.ts'
import { numbered, safeName } from '../../src/main/engine/filing/names.ts'
import { fillPattern, requirePattern } from '../../src/main/engine/filing/pattern.ts'
import { uploadPlace } from '../../src/main/host/uploads.ts'
import { openedBy } from '../../src/main/openedFiles.ts'
import { wordsIn } from '../../src/main/words.ts'
import { isPhotoName } from '../../src/shared/photoFiles.ts'
import { dialog } from './electron/standIn.ts'

/** Windows’ rules of paths, on whatever system this runs. */
vi.mock('node:path', async (original) => {
  const { win32 } = await original<typeof NodePath>()
  return { ...win32, default: win32 }
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
    expect(uploadPlace(home, 'b', 'summer/a.jpg')).toEqual({
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
      expect(() => uploadPlace(home, 'b', name), name).toThrow(
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
