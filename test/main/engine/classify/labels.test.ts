import { describe, expect, it } from 'vitest'
import { imagenetLabels, readLabels } from '../../../../src/main/engine/classify/labels.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

async function read(text: string): Promise<string[]> {
  await put(folder.path('labels'), text)
  return readLabels(folder.path('labels'))
}

/** "10" comes after "9", not after "1". */
const eleven = Array.from({ length: 11 }, (_, number) => `class ${number}`)
const index = Object.fromEntries(eleven.map((name, number) => [number, [`n${number}`, name]]))

describe('Class names are read', () => {
  it.each([
    ['a line a class', '개미\nbee', ['개미', 'bee']],
    ['of Windows, with the mark of UTF-8 in front', '\uFEFFant\r\nbee\r\n\r\n', ['ant', 'bee']],
    ['of an index like ImageNet’s, by number', JSON.stringify(index), eleven],
    ['of a record of names, with the mark of UTF-8 too', '\uFEFF{"1":"bee","0":"ant"}', ['ant', 'bee']],
    ['of a list', '["ant", "bee"]', ['ant', 'bee']],
    ['of torchvision’s class_to_idx', '{"bee": 1, "ant": 0}', ['ant', 'bee']],
  ])('%s', async (_, text, names) => {
    expect(await read(text)).toEqual(names)
  })

  it('of ImageNet: a thousand', async () => {
    const names = await imagenetLabels()
    expect(names).toHaveLength(1000)
    expect(names.slice(0, 2)).toEqual(['tench', 'goldfish'])
  })
})

describe('A file of class names that is none is refused with its reason', () => {
  it.each([
    ['empty', '\n \n', 'is-empty'],
    ['an empty list', '[]', 'is-empty'],
    ['cut short', '{"0": ["n1", "ant"', 'no-json'],
    ['a class without a name', '{"0": ["n1"]}', 'class-no-name'],
    ['a list with a number', '["ant", 2]', 'class-no-name'],
    [
      'an index that leaves one out: later names would be another class’s',
      '{"0":"ant","2":"bee"}',
      'class-no-name',
    ],
    ['indices that leave one out', '{"ant": 0, "bee": 2}', 'class-no-name'],
    ['indices of which one stands twice', '{"ant": 0, "bee": 0}', 'class-no-name'],
  ])('%s', async (_, text, reason) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'labels.unreadable',
      parameters: { file: folder.path('labels'), reason },
    })
  })

  it('one in a code page of its country, whose names would be others', async () => {
    // 개미 in CP949.
    await put(folder.path('labels'), Buffer.from('b0b3b9cc', 'hex'))
    await expect(readLabels(folder.path('labels'))).rejects.toMatchObject({
      code: 'labels.unreadable',
      parameters: { reason: 'not-utf8' },
    })
  })

  it('one that is not there', async () => {
    await expect(readLabels(folder.path('none'))).rejects.toMatchObject({
      code: 'labels.unreadable',
      parameters: { reason: 'cannot-open' },
    })
  })
})
