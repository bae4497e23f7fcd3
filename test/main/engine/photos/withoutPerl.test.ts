/** A machine without Perl, which ExifTool is written in: exiftool-vendored refuses every task with the same sentence. */
import { expect, it, vi } from 'vitest'
import { exiftoolWriter } from '../../../../src/main/engine/filing/keywords.ts'
import { decodePhoto } from '../../../../src/main/engine/photos/decode.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'
import { rawFile } from '../../../support/raw.ts'

const { sentence } = vi.hoisted(() => ({
  sentence: 'Perl must be installed. Please add perl to your $PATH and try again.',
}))
vi.mock('exiftool-vendored', () => {
  const refuse = () => Promise.reject(new Error(sentence))
  return {
    ExifTool: class {
      readRaw = refuse
      editTags = refuse
      end = () => Promise.resolve()
    },
  }
})

const folder = temporaryFolder()
const grey = { r: 90, g: 90, b: 90 }

it('A RAW file cannot be read without Perl, and that is said', async () => {
  const file = await put(folder.path('a.nef'), rawFile({ jpeg: await jpeg(grey) }))
  await expect(decodePhoto(file)).rejects.toMatchObject({
    code: 'photo.no-exiftool',
    parameters: { file, reason: sentence },
  })
})

it('A keyword cannot be written without Perl, and that is no fault of the photo', async () => {
  const file = await put(folder.path('a.jpg'), await jpeg(grey))
  await expect(exiftoolWriter().add(file, ['Thaw', 'ants'])).rejects.toMatchObject({
    code: 'keywords.no-exiftool',
    parameters: { file, reason: sentence },
  })
})
