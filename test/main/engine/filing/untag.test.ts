import { readFile, stat } from 'node:fs/promises'
import { exiftool } from 'exiftool-vendored'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActOutcome } from '../../../../src/main/engine/filing/filing.ts'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import { keywordsUnder } from '../../../../src/main/engine/filing/keywords.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
let filings: Filings
beforeAll(() => {
  filings = new Filings(folder.path('filings'))
})
afterAll(() => exiftool.end())

async function all(acts: AsyncGenerator<ActOutcome>): Promise<ActOutcome[]> {
  const found: ActOutcome[] = []
  for await (const outcome of acts) found.push(outcome)
  return found
}

interface Asked {
  how: 'keywords' | 'untag'
  class?: string
  prefix?: string[]
}

async function filed(files: string[], { how, class: name = '', prefix = ['Thaw'] }: Asked) {
  const plan = await filings.plan({
    ...{
      photos: files.map((file) => ({ file, class: name })),
      how,
      target: '',
      pattern: '',
      clash: 'number',
    },
    ...{ prefix, dayOf: () => Promise.resolve('') },
  })
  return { plan, outcomes: await all(filings.file(plan.id)) }
}

const keywordsOf = async (file: string) => {
  const found = await exiftool.readRaw<Record<string, unknown>>(file, {
    readArgs: ['-G1', '-XMP-dc:Subject', '-XMP-lr:HierarchicalSubject', '-XMP-digiKam:TagsList'],
  })
  const of = (tag: string) => [found[tag] ?? []].flat()
  return [of('XMP-dc:Subject'), of('XMP-lr:HierarchicalSubject'), of('XMP-digiKam:TagsList')]
}

describe('Of the keywords of a photo, under a prefix', () => {
  const none = { flat: [], hierarchical: [], digiKam: [] }

  it('lie those that begin with it as a whole level', () => {
    const found = {
      flat: ['ants', 'garden', 'Thawed'],
      hierarchical: ['Thaw|ants', 'places|garden', 'Thawed|x'],
      digiKam: ['Thaw/ants', 'Thawed/x'],
    }
    expect(keywordsUnder(['Thaw'], found)).toEqual({
      flat: ['ants'],
      hierarchical: ['Thaw|ants'],
      digiKam: ['Thaw/ants'],
    })
  })

  it('lies no flat word that another keyword ends in too', () => {
    const found = { ...none, flat: ['tit', 'Thaw'], hierarchical: ['Thaw|birds|tit', 'my|tit'] }
    expect(keywordsUnder(['Thaw'], found)).toEqual({
      ...none,
      flat: ['Thaw'],
      hierarchical: ['Thaw|birds|tit'],
    })
    const inDigiKam = { ...none, flat: ['tit'], hierarchical: ['Thaw|tit'], digiKam: ['my/tit'] }
    expect(keywordsUnder(['Thaw'], inDigiKam).flat).toEqual([])
  })

  it('lies nothing where there are only flat ones, whatever they say', () => {
    expect(keywordsUnder(['Thaw'], { ...none, flat: ['Thaw', 'ants'] })).toEqual(none)
  })
})

describe.skipIf(process.platform === 'win32')('Keywords taken off', () => {
  it('are those of the prefix, also where the photo was changed since, so that an undo would not do it', async () => {
    const file = await put(folder.path('a.jpg'), await jpeg({ r: 200, g: 30, b: 30 }))
    await exiftool.write(
      file,
      { 'XMP-dc:Subject': ['garden'], 'XMP-lr:HierarchicalSubject': ['places|garden'] } as never,
      { writeArgs: ['-overwrite_original'] },
    )
    await filed([file], { how: 'keywords', class: '꿀벌' })
    await exiftool.write(file, { 'XMP-xmp:Rating': 5 } as never, { writeArgs: ['-overwrite_original'] })
    const before = await readFile(file)
    const { mtimeMs } = await stat(file)
    const { plan, outcomes } = await filed([file], { how: 'untag' })
    expect(outcomes).toMatchObject([{ state: 'done' }])
    expect(await keywordsOf(file)).toEqual([['garden'], ['places|garden'], []])
    expect(await exiftool.readRaw(file, { readArgs: ['-XMP-xmp:Rating'] })).toMatchObject({ Rating: 5 })
    expect((await stat(file)).mtimeMs).toBeCloseTo(mtimeMs, 0)
    expect(await all(filings.undo(plan.id))).toMatchObject([{ state: 'undone' }])
    expect(await readFile(file)).toEqual(before)
  })

  it('leave a photo without any as it is, and the list says so', async () => {
    const file = await put(folder.path('b.jpg'), await jpeg({ r: 1, g: 2, b: 3 }))
    const raw = await put(folder.path('c.cr2'), 'a RAW file without a sidecar')
    const { plan, outcomes } = await filed([file, raw], { how: 'untag' })
    expect(outcomes).toEqual([])
    expect(plan.left).toMatchObject([
      { file, code: 'keywords.none' },
      { file: raw, code: 'keywords.none' },
    ])
  })

  it('come out of the sidecar of a RAW file, never out of the file', async () => {
    const raw = await put(folder.path('d.nef'), 'a RAW file')
    await filed([raw], { how: 'keywords', class: 'ants' })
    const { outcomes } = await filed([raw], { how: 'untag' })
    expect(outcomes).toMatchObject([{ state: 'done', act: { to: folder.path('d.xmp') } }])
    expect(await keywordsOf(folder.path('d.xmp'))).toEqual([[], [], []])
    expect(await readFile(raw, 'utf8')).toBe('a RAW file')
  })

  it('need a prefix', async () => {
    const file = await put(folder.path('e.jpg'), await jpeg({ r: 1, g: 2, b: 3 }))
    await expect(filed([file], { how: 'untag', prefix: [] })).rejects.toMatchObject({
      code: 'keywords.no-prefix',
    })
  })
})
