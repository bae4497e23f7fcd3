import { starterModel } from '../../../src/shared/api/features.ts'
import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import type { DatasetSummary, Decided } from '../../../src/shared/api/datasets.ts'
import { GroupRules } from '../../../src/shared/decisions.ts'
import PhotosRoom from '../../../src/renderer/views/PhotosRoom.vue'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { useSettings } from '../../../src/renderer/stores/settings.ts'
import { usePhotoRoom } from '../../../src/renderer/stores/photoRoom.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { aJob } from '../support/fakeJobs.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, later, press, text } from '../support/page.ts'
import { aPhoto, awkwardNames, someDataset } from '../support/samples.ts'

beforeAll(layOut)

let api: FakeApi
let datasets: DatasetSummary[]
beforeEach(() => (datasets = [someDataset]))

const views = Array.from({ length: 8 }, (_, i) => ({
  picture: `v.${i}`,
  epoch: i + 1,
  drawn: [{ name: 'RandomResizedCrop' as const, left: 0, top: 0, width: 200, height: 200 }],
}))
type Extent = { least: number; mean: number; most: number }

async function open(calls: FakeCalls = {}): Promise<void> {
  api = fakeApi({
    'datasets.list': () => ({ datasets }),
    'datasets.get': () => ({
      summary: datasets[0]!,
      unreadable: [],
      emptyFolders: [],
      otherPictures: [],
      archives: [],
      sources: ['/photos'],
      missing: [],
      lostActs: 0,
    }),
    'datasets.photos': ({ offset = 0 }) => ({
      total: 244,
      photos: Array.from({ length: 200 }, (_, i) => aPhoto(offset + i)),
    }),
    'datasets.counts': () => ({
      total: 397,
      found: 397,
      classes: [193, 204],
      unlabelled: 0,
      splits: { train: 244, val: 153, test: 0 },
      findings: {},
      outcomes: { right: 0, wrong: 0, unasked: 397 },
      used: 397,
      out: 0,
    }),
    'datasets.groups': () => ({
      rules: GroupRules.parse({}),
      groups: 0,
      grouped: 0,
      leaks: [],
      undivided: [],
      slowNames: 0,
    }),
    'datasets.heads': () => ({ heads: [] }),
    'datasets.history': () => ({ total: 0, items: [], undo: false, redo: false }),
    'datasets.thumbnails': () => ({}),
    'photos.preview': () => ({
      width: 500,
      height: 375,
      original: 'd.insects.0',
      ...{ orientation: 1, unturned: null, crop: null, trainingIndex: 0 },
      frame: { left: 62.5, top: 0, width: 375, height: 375 },
      resized: {
        ...{ picture: 'v.resized', width: 298, height: 224 },
        frame: { left: 37, top: 0, width: 224, height: 224 },
      },
      numbers: {
        channels: [0, 1, 2].map(() => ({ least: -2.1, mean: 0.1, most: 2.2 })) as [Extent, Extent, Extent],
        excerpt: { left: 111, top: 111, size: 1, bytes: [0, 128, 255], values: [-2.1, 0.2, 2.64] },
      },
      evaluation: { plain: 'v.plain', clipped: 'v.clipped', restored: 'v.restored' },
      views,
    }),
    ...calls,
  })
  await mountRoom(PhotosRoom, { api, at: '/photos' })
  await flushPromises()
}
const inputs = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)
const pictures = () => all('img').map((it) => it.getAttribute('src')!)

describe('without photos', () => {
  it('it says how to get some', async () => {
    datasets = []
    await open()
    expect(control('Choose a folder').getAttribute('href')).toContain('start')
  })

  it('it says why the list cannot be had, and tries again', async () => {
    let isBroken = true
    await open({
      'datasets.list': () => {
        if (isBroken) throw new ThawError('engine.gone', { part: 'library' })
        return { datasets }
      },
    })
    expect(all('[role="alert"]')).toHaveLength(1)
    isBroken = false
    await press('Try again')
    expect(control(/^All photos/)).toBeDefined()
  })
})

describe('the grid', () => {
  it('shows some of the photos, and all of them are there to be scrolled to', async () => {
    await open()
    const shown = all('[role="option"]')
    expect(shown.length).toBeGreaterThan(20)
    expect(shown.length).toBeLessThan(244)
    expect(control(/^All photos/).textContent).toContain('397')
  })

  it('counts the photos of a flat folder as photos, and of all classes what the other filters leave', async () => {
    const counts = {
      ...{ total: 24, found: 24, unlabelled: 24, classes: [], splits: { train: 24, val: 0, test: 0 } },
      ...{ findings: {}, outcomes: { right: 0, wrong: 0, unasked: 24 }, used: 24, out: 0 },
    }
    datasets = [{ ...someDataset, classes: [], train: [], val: [], test: [], unlabelled: 24 }]
    await open({ 'datasets.counts': () => counts })
    const entry = () => all('.filters .pick').map((it) => it.textContent.trim())[0]
    expect(entry()).toBe('All photos24')
    expect(document.body.textContent).toMatch(/0 to train, 0 to validate\s+· Without a label 24/)
    document.body.replaceChildren()
    datasets = [someDataset]
    await open({ 'datasets.counts': () => ({ ...counts, classes: [3, 4], unlabelled: 2 }) })
    expect(entry()).toBe('All photos9')
  })

  it('asks for one class, one split, or a name', async () => {
    await open()
    await press(/^bees/)
    await press(/^Validation/)
    const field = document.querySelector<HTMLInputElement>('input[type="search"]')!
    field.value = '개미'
    // Nothing has to be pressed: it answers once the fingers rest.
    field.dispatchEvent(new Event('input'))
    await expect
      .poll(() => inputs('datasets.photos').at(-1))
      .toMatchObject({ classes: [1], splits: ['val'], search: '개미', offset: 0 })
  })

  it('has a sign where there is no picture of a photo', async () => {
    await open()
    all('img')[0]!.dispatchEvent(new Event('error'))
    await flushPromises()
    expect(all('[title="The photo is gone or cannot be read"]')).toHaveLength(1)
  })
})

describe('putting photos right', () => {
  const acts: unknown[] = []
  const decided = (act: unknown): Decided => {
    acts.push(act)
    return {
      entry: 1,
      photos: ['a'],
      summary: { code: 'labelled', parameters: { count: 3, to: 'bees' } },
    }
  }
  const options = () => all('[role="option"]')
  const key = async (name: string, more: KeyboardEventInit = {}) => {
    const target = document.activeElement ?? document.body
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...more }),
    )
    await flushPromises()
  }
  const openWithActs = async () => {
    acts.length = 0
    await open({
      'datasets.decide': ({ photos, act }) => decided({ photos, act }),
      'datasets.undo': () => decided('undo'),
      'datasets.redo': () => decided('redo'),
    })
  }

  it('by mouse: a range with Shift, one more with Ctrl, then a class by its number', async () => {
    await openWithActs()
    options()[0]!.click()
    options()[2]!.dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }))
    await flushPromises()
    options()[4]!.dispatchEvent(new MouseEvent('click', { ctrlKey: true, bubbles: true }))
    await flushPromises()
    expect(text()).toContain('4 photos selected')
    await key('1')
    const photos = [0, 1, 2, 4].map((i) => `train/ants/${i}.jpg`)
    expect(acts).toEqual([{ photos, act: { type: 'label', classes: ['bees'] } }])
  })

  it('with a word on bursts and duplicates: what moves along is counted before, and can be selected', async () => {
    const photo = (i: number) => `train/ants/${i}.jpg`
    await open({
      'datasets.together': ({ photos }) => ({
        photos: [...new Set([...photos, photo(0), photo(7), photo(8)])],
      }),
    })
    options()[0]!.click()
    await vi.waitFor(() => expect(text()).toContain('One of 3 photos that belong together'))
    expect(text()).toContain('it takes the 2 others along')
    await press('Select all that belong together')
    expect(text()).toContain('3 photos selected')
    await vi.waitFor(() => expect(text()).not.toContain('along'))
  })

  it('by keys alone: arrows, Shift, leaving out, undo and redo', async () => {
    await openWithActs()
    options()[0]!.focus()
    await key('ArrowRight')
    await key('ArrowRight', { shiftKey: true })
    await key('x')
    expect(acts).toEqual([
      { photos: ['train/ants/1.jpg', 'train/ants/2.jpg'], act: { type: 'leaveOut', out: true } },
    ])
    await key('z', { ctrlKey: true, code: 'KeyZ' })
    await key('z', { ctrlKey: true, shiftKey: true, code: 'KeyZ' })
    expect(acts.slice(1)).toEqual(['undo', 'redo'])
  })

  it('all at once, wherever the focus is, but not while a name is typed', async () => {
    const paths = Array.from({ length: 244 }, (_, i) => `train/ants/${i}.jpg`)
    await open({ 'datasets.paths': () => ({ paths }) })
    const search = document.querySelector<HTMLInputElement>('input[type="search"]')!
    search.focus()
    await key('a', { ctrlKey: true, code: 'KeyA' })
    expect(text()).not.toContain('selected')
    search.blur()
    await key('a', { ctrlKey: true, code: 'KeyA' })
    expect(text()).toContain('244 photos selected')
  })

  it('after going to a photo by the beginning of its name, which no shortcut takes', async () => {
    const paths = Array.from({ length: 244 }, (_, i) => `train/ants/${i === 7 ? 'wasp' : i}.jpg`)
    await open({
      'datasets.paths': () => ({ paths }),
      'datasets.photos': () => ({
        total: 244,
        photos: paths.slice(0, 200).map((path, i) => aPhoto(i, path)),
      }),
    })
    options()[0]!.focus()
    await key('w')
    await key('a')
    await flushPromises()
    expect(document.querySelector('[data-place="7"]')?.getAttribute('aria-selected')).toBe('true')
  })

  it('large, which Escape leaves before it lets go of what is selected', async () => {
    await openWithActs()
    options()[3]!.click()
    await flushPromises()
    options()[3]!.focus()
    await key('Enter')
    expect(all('section.large')).toHaveLength(1)
    await key('Escape')
    expect(all('section.large')).toHaveLength(0)
    expect(all('[role="option"][aria-selected="true"]')).toHaveLength(1)
    await key('Escape')
    expect(all('[role="option"][aria-selected="true"]')).toHaveLength(0)
  })

  it('by a name that is typed, also of a class that is new', async () => {
    await openWithActs()
    options()[0]!.click()
    await flushPromises()
    await key('l')
    const field = document.querySelector<HTMLInputElement>('[role="combobox"]')!
    field.value = 'wasps'
    field.dispatchEvent(new Event('input'))
    await flushPromises()
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
    await flushPromises()
    expect(acts).toEqual([{ photos: ['train/ants/0.jpg'], act: { type: 'label', classes: ['wasps'] } }])
  })
})

describe('names', () => {
  it('stand there as they are written, each for itself', async () => {
    datasets = [
      {
        ...someDataset,
        name: awkwardNames[0]!,
        classes: awkwardNames,
        train: [1, 1, 1, 1],
        val: [1, 1, 1, 1],
      },
    ]
    await open()
    expect(all('aside bdi').map((it) => it.textContent)).toEqual(awkwardNames)
    expect(document.querySelector('h1 bdi')!.textContent).toBe(awkwardNames[0])
    expect(all('img', /onerror/)).toEqual([])
  })

  it('of two hundred classes are all there', async () => {
    const classes = Array.from({ length: 200 }, (_, i) => `class ${i}`)
    datasets = [{ ...someDataset, classes, train: classes.map(() => 3), val: classes.map(() => 1) }]
    await open()
    expect(all('[aria-label="Class"] button')).toHaveLength(201)
  })
})

describe('a photo', () => {
  const name = '남산제비꽃 – "따옴표"와 \'작은따옴표\', 2026년 11월 24일.jpg'

  it('is shown as the network sees it: original with its frame, evaluation in three ways, eight training views', async () => {
    await open({ 'datasets.photos': () => ({ total: 1, photos: [aPhoto(0, `train/ants/${name}`)] }) })
    all('[role="option"]')[0]!.click()
    await flushPromises()
    expect(document.querySelector('aside.inspector h2')!.textContent).toBe(name)
    expect(pictures()).toContain('/thumb/v.plain?size=384')
    await press('clipped to 0–1')
    expect(pictures()).toContain('/thumb/v.clipped?size=384')
    await press('un-normalised')
    expect(pictures()).toContain('/thumb/v.restored?size=384')
    expect(pictures().filter((it) => /v\.\d/.test(it))).toHaveLength(8)
    await press(/Roll again/)
    const seeds = inputs('photos.preview').map((it) => (it as { seed: number }).seed)
    expect(new Set(seeds).size).toBe(2)
  })

  it('that cannot be read any more says so in its place', async () => {
    await open({
      'photos.preview': () => {
        throw new ThawError('photo.missing', { file: '/photos/insects/0.jpg' })
      },
    })
    all('[role="option"]')[0]!.click()
    await flushPromises()
    expect(document.querySelector('aside.inspector [role="alert"]')!.textContent).toContain('0.jpg')
  })

  it('stands in a batch with its label, and the batch tells its shape', async () => {
    await open({
      'photos.batch': () => ({
        shape: [2, 3, 224, 224],
        tiles: [0, 1].map((i) => ({ picture: `v.${i}`, path: `${i}.jpg`, class: i })),
      }),
    })
    await press('See a whole batch')
    expect(all('figcaption').map((it) => it.textContent.trim())).toEqual(['ants', 'bees'])
    expect(text()).toContain('[2, 3, 224, 224]')
  })
})

describe('what is decided about many', () => {
  const decided = (code: 'grouped' | 'splitDrawn' | 'cropped' | 'uncropped'): Decided => ({
    ...{ entry: 1, photos: [] },
    summary: { code, parameters: { count: 2, train: 2, val: 1, test: 0 } },
  })

  it('groups are made of no photos that happen to be selected, and a split is drawn', async () => {
    await open({
      'datasets.decide': () => decided('grouped'),
      'datasets.drawSplit': () => decided('splitDrawn'),
    })
    usePhotoRoom().select([aPhoto(0).path, aPhoto(1).path])
    await press('Capture groups and split…')
    all('[role="dialog"] input[type="checkbox"]')[1]!.click()
    await flushPromises()
    await press('Group so')
    expect(inputs('datasets.decide')).toMatchObject([
      { photos: [], act: { type: 'groups', rules: { day: true } } },
    ])
    await press('Draw the split')
    expect(inputs('datasets.drawSplit')).toEqual([{ dataset: 'insects', val: 0.2, test: 0, seed: 1234 }])
    expect(all('[role="dialog"]')).toEqual([])
  })

  it('a crop is for the photo that is shown, or for all that are selected', async () => {
    const crop = { left: 1, top: 2, width: 30, height: 20 }
    await open({
      'datasets.photos': ({ offset = 0 }) => ({
        total: 244,
        photos: Array.from({ length: 200 }, (_, i) => ({ ...aPhoto(offset + i), crop })),
      }),
      'datasets.decide': () => decided('uncropped'),
      'datasets.cropAlike': () => decided('cropped'),
    })
    const selected = [0, 1, 2].map((i) => aPhoto(i).path)
    all('[role="option"]')[0]!.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
    await flushPromises()
    usePhotoRoom().select(selected)
    await flushPromises()
    await press('Without crop')
    await press('All 3 selected without crop')
    await press(/^Crop/)
    await press('Keep the crop')
    await press(/^Crop/)
    await press('Crop all 3 selected like this')
    expect(inputs('datasets.decide')).toMatchObject([
      { photos: [selected[0]], act: { type: 'crop', box: null } },
      { photos: selected, act: { type: 'crop', box: null } },
      { photos: [selected[0]], act: { type: 'crop', box: crop } },
    ])
    expect(inputs('datasets.cropAlike')).toEqual([
      { dataset: 'insects', photos: selected, of: selected[0], box: crop },
    ])
  })
})

describe('files that cannot be read', () => {
  it('are listed with their reasons', async () => {
    datasets = [{ ...someDataset, unreadable: 1 }]
    const why = { code: 'photo.empty', message: '', advice: '', parameters: { file: '벌/빈 파일.jpg' } }
    await open({
      'datasets.get': () => ({
        summary: datasets[0]!,
        unreadable: [{ path: '벌/빈 파일.jpg', ...why }],
        emptyFolders: ['나비'],
        otherPictures: ['개미/움직임.gif', 'b.svg', 'c.svg', 'd.svg'],
        archives: [],
        sources: ['/photos', '/disk/more'],
        missing: ['/disk/more'],
        lostActs: 2,
      }),
    })
    expect(text()).toContain('/disk/more')
    expect(text()).toContain('not there now: its photos are back when it is')
    expect(text()).toContain('2 of the acts on these photos cannot be read any more')
    await press(/^Unreadable/)
    expect(text()).toContain('“벌/빈 파일.jpg” is empty')
    expect(text()).toContain('Folders without photos: 나비')
    expect(text()).toContain('Not read as photos, and left out: 개미/움직임.gif, b.svg, c.svg, … (+1)')
  })
})

it('A folder that is dropped into the room is added to it', async () => {
  await open({ 'datasets.add': () => someDataset })
  api.upload = (_, { name }) => Promise.resolve({ file: `/up/b/${name}`, folder: '/up/b', bytes: 3 })
  const entry = (name: string, children?: object[]) => ({
    name,
    isFile: !children,
    file: (resolve: (file: File) => void) => resolve(new File(['abc'], name)),
    createReader: () => ({
      readEntries: (resolve: (entries: object[]) => void) => resolve(children?.splice(0) ?? []),
    }),
  })
  const folder = entry('곤충', [entry('.DS_Store'), entry('벌', [entry('하나.jpg')])])
  const event = new Event('drop', { bubbles: true, cancelable: true })
  const dataTransfer = { files: [], items: [{ webkitGetAsEntry: () => folder }] }
  Object.defineProperty(event, 'dataTransfer', { value: dataTransfer })
  document.querySelector('main')!.dispatchEvent(event)
  await flushPromises()
  await flushPromises()
  expect(inputs('datasets.add')).toEqual([{ folder: '/up/b/곤충' }])
})

it('A flat folder of photos is no empty one: classes are offered to be made here', async () => {
  const { code, parameters, message, advice } = new ThawError('dataset.no-labels', { folder: '/p' })
  datasets = [
    {
      ...someDataset,
      ...{ layout: 'flat', classes: [], train: [], val: [], test: [], unlabelled: 16 },
      problem: { code, parameters, message, advice },
    },
  ]
  await open({
    'photos.suggest': () => ({
      by: { model: starterModel, backbone: 'efficientnet-lite0' },
      classes: [],
      missing: [],
      suggestions: [],
      correct: 0,
      total: 0,
    }),
  })
  expect(text()).toContain('16 photos without a class')
  await press('Make classes')
  expect(inputs('photos.suggest')).toMatchObject([{ dataset: 'insects' }])
})

it('What is selected before there are suggestions stays selected when the network has looked', async () => {
  const { code, parameters, message, advice } = new ThawError('dataset.no-labels', { folder: '/p' })
  const problem = { code, parameters, message, advice }
  datasets = [
    { ...someDataset, layout: 'flat', classes: [], train: [], val: [], test: [], unlabelled: 16, problem },
  ]
  const asked = later<undefined>()
  await open({
    'photos.suggest': async () => {
      await asked.promise
      const by = { model: starterModel, backbone: 'efficientnet-lite0' }
      return { by, classes: ['ants'], missing: [], suggestions: [], correct: 0, total: 0 }
    },
  })
  await press('Make classes')
  const room = usePhotoRoom()
  room.select(['a.jpg'])
  asked.resolve(undefined)
  await flushPromises()
  expect(inputs('photos.suggest').length).toBeGreaterThan(0)
  expect([...room.selected]).toEqual(['a.jpg'])
})

it('Folders are not watched while they are scanned: what is known is compared with the disk afterwards', async () => {
  await open({ 'datasets.watch': () => new Promise<never>(() => undefined) })
  expect(inputs('datasets.watch')).toHaveLength(1)
  api.emit('job.changed', aJob({ id: 'scan', kind: 'scan' }))
  await flushPromises()
  expect(inputs('datasets.watch')).toHaveLength(1)
  api.emit(
    'job.changed',
    aJob({ id: 'scan', kind: 'scan', state: 'done', ended: '2026-11-28T12:01:00.000Z', result: {} }),
  )
  await flushPromises()
  expect(inputs('datasets.watch')).toHaveLength(2)
})

describe('a folder that is gone', () => {
  beforeEach(() => (datasets = [{ ...someDataset, present: false }]))

  it('is told of where its photos would be, and can be found at its new place', async () => {
    await open({
      'datasets.rescan': () => {
        datasets = [{ ...someDataset, id: 'moved' }]
        return datasets[0]!
      },
    })
    expect(text()).toContain('/photos/insects is gone')
    await press('Choose its new place…')
    useDialogs().picker!.answer(['/photos/moved'])
    await flushPromises()
    expect(inputs('datasets.rescan')).toEqual([{ dataset: 'insects', folder: '/photos/moved' }])
    expect(inputs('datasets.thumbnails')).toMatchObject([{ dataset: 'moved' }])
    expect(document.querySelector('.notice')).toBeNull()
  })

  it('is all that is told until it is back', async () => {
    const { code, parameters, message, advice } = new ThawError('dataset.one-class', {
      folder: '/p',
      class: 'ants',
    })
    datasets = [{ ...datasets[0]!, problem: { code, parameters, message, advice } }]
    await open({
      'datasets.get': () => ({
        summary: datasets[0]!,
        unreadable: [],
        emptyFolders: ['train/wasps'],
        otherPictures: ['train/ants/imageNotFound.gif', 'a.svg', 'b.svg', 'c.svg'],
        archives: [],
        sources: ['/photos'],
        missing: [],
        lostActs: 2,
      }),
    })
    expect(all('.notice').map((it) => it.textContent)).toEqual([expect.stringContaining('is gone')])
  })

  it('can be taken off the list', async () => {
    await open({
      'datasets.remove': () => {
        datasets = []
        return {}
      },
    })
    await press('Take off the list')
    expect(inputs('datasets.remove')).toEqual([{ dataset: 'insects' }])
    expect(all('[role="option"]')).toEqual([])
  })
})

describe('a dataset', () => {
  it('whose archive is gone says so, can be told where it is, and shows its photos all the same', async () => {
    datasets = [{ ...someDataset, missingSource: '/disk/all.zip' }]
    await open({
      'datasets.get': () => ({
        summary: datasets[0]!,
        ...{ unreadable: [], emptyFolders: [], otherPictures: [], missing: [], lostActs: 0 },
        ...{ archives: ['ants.zip', 'b.zip', 'c.zip', '벌.zip'], sources: ['/disk/all.zip'] },
      }),
      'datasets.rescan': () => someDataset,
    })
    expect(text()).toContain(
      '/disk/all.zip is gone or its disk is not plugged in. What was read of it is still',
    )
    expect(text()).toContain('Archives among the photos are not opened: ants.zip, b.zip, c.zip, … (+1).')
    await press('Choose its new place…')
    expect(useDialogs().picker!.kind).toBe('sources')
    useDialogs().picker!.answer(['/elsewhere/all.zip'])
    await flushPromises()
    expect(inputs('datasets.rescan')).toMatchObject([{ dataset: 'insects', folder: '/elsewhere/all.zip' }])
  })

  it('that was a list comes back as that list, and by its name', async () => {
    const list = { ...someDataset, name: 'my own', layout: 'list' as const }
    const answers = { ...list, name: 'insects' }
    datasets = [list]
    await open({
      'datasets.get': () => ({
        summary: list,
        ...{ unreadable: [], emptyFolders: [], otherPictures: [], archives: [], missing: [], lostActs: 0 },
        sources: ['/photos/insects.csv'],
      }),
      'datasets.remove': () => {
        datasets = []
        return {}
      },
      'datasets.add': () => {
        datasets = [answers]
        return answers
      },
      'datasets.rename': ({ name }) => {
        datasets = [{ ...answers, name }]
        return datasets[0]!
      },
    })
    await press('Take off the list')
    await useMessages().toasts.at(-1)!.undo!()
    await flushPromises()
    expect(inputs('datasets.add')).toMatchObject([{ folder: '/photos/insects.csv' }])
    expect(inputs('datasets.rename')).toEqual([{ dataset: 'insects', name: 'my own' }])
  })

  it('gets another name, and the former one again', async () => {
    await open({
      'datasets.rename': ({ name }) => {
        datasets = [{ ...someDataset, name }]
        return datasets[0]!
      },
    })
    await press('Rename the dataset…')
    await press('Rename')
    expect([inputs('datasets.rename'), all('[role="dialog"]')]).toEqual([[], []])
    await press('Rename the dataset…')
    const field = document.querySelector<HTMLInputElement>('[role="dialog"] input')!
    field.value = 'garden 2026'
    field.dispatchEvent(new Event('input'))
    await press('Rename')
    expect(all('[role="dialog"]')).toEqual([])
    expect(text()).toContain('garden 2026')
    await useMessages().toasts.at(-1)!.undo!()
    expect(inputs('datasets.rename')).toEqual([
      { dataset: 'insects', name: 'garden 2026' },
      { dataset: 'insects', name: 'insects' },
    ])
  })

  it('is a list or an archive as well as a folder, and has further ones as sources', async () => {
    await open({
      'datasets.add': () => someDataset,
      'datasets.decide': () => ({
        entry: 1,
        photos: [],
        summary: { code: 'sourceAdded', parameters: { source: '/p/more.zip' } },
      }),
      'datasets.rescan': () => someDataset,
    })
    await press('Add a dataset from a list or archive…')
    expect(useDialogs().picker!.kind).toBe('sources')
    useDialogs().picker!.answer(['/p/all.zip'])
    await flushPromises()
    expect(inputs('datasets.add')).toMatchObject([{ folder: '/p/all.zip' }])
    await press('Sources')
    await press('Add a list or archive to these…')
    expect(useDialogs().picker!.kind).toBe('sources')
    useDialogs().picker!.answer(['/p/more.zip'])
    await flushPromises()
    expect(inputs('datasets.decide')).toMatchObject([{ act: { type: 'addSource', source: '/p/more.zip' } }])
  })

  it('is shown in the file manager where there is one', async () => {
    await open({ 'files.reveal': () => ({}) })
    expect(all('button', 'Show in folder')).toEqual([])
    const settings = useSettings()
    await settings.load()
    settings.info = { ...settings.info!, mode: 'electron' }
    await flushPromises()
    await press('Show in folder')
    expect(inputs('files.reveal')).toEqual([{ dataset: 'insects' }])
  })
})

it('Where there are no photos yet, a folder of one class is told why it is not added', async () => {
  datasets = []
  await open({
    'datasets.add': () => {
      throw new ThawError('dataset.one-class', { folder: '/p', class: 'ants' })
    },
  })
  await press('Add photos…')
  useDialogs().picker!.answer(['/p'])
  await flushPromises()
  expect(all('main [role="alert"]', /only one class/)).toHaveLength(1)
})

/** Failures that were told of a dataset that is not there. */
const missed = () => useMessages().toasts.filter(({ error }) => error?.code === 'not-found')

it('A dataset that has just left the list, as its scan was cancelled, is not told to be missing', async () => {
  await open({
    'datasets.counts': () => {
      datasets = []
      throw new ThawError('not-found', { what: 'this-dataset' })
    },
  })
  await flushPromises()
  expect(missed()).toEqual([])
})

it('What fails though the dataset is there is told, and once', async () => {
  await open({
    'datasets.counts': () => {
      throw new ThawError('not-found', { what: 'this-dataset' })
    },
  })
  usePhotoRoom().version += 1
  await flushPromises()
  expect(missed()).toHaveLength(1)
})

it('Too few photos are told with what to do', async () => {
  const { code, parameters, message, advice } = new ThawError('dataset.one-class', {
    folder: '/p',
    class: 'ants',
  })
  datasets = [{ ...someDataset, train: [2, 0], val: [1, 0], problem: { code, parameters, message, advice } }]
  await open()
  expect(text()).toContain(message)
  expect(text()).toContain(advice)
})

describe('work that takes a while', () => {
  it('shows how far a scan is, and can be cancelled', async () => {
    const done = later<DatasetSummary>()
    await open({
      'datasets.rescan': (_, { signal, onProgress }) => {
        onProgress?.({ done: 30, total: 120 })
        signal!.addEventListener('abort', () => done.reject(new ThawError('cancelled')))
        return done.promise
      },
    })
    await press('Scan again')
    const bar = document.querySelector('[role="progressbar"]')!
    expect(bar.getAttribute('aria-valuenow')).toBe('25')
    expect(text()).toContain('30 of 120')
    await press('Cancel')
    expect(document.querySelector('[role="progressbar"]')).toBeNull()
    expect(all('[role="alert"]')).toEqual([])
  })

  it('shows how far the thumbnails are once they take a while, and can be cancelled', async () => {
    // On a busy machine the room itself may take a while to come.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    let tell: ((counted: { done: number; total: number }) => void) | undefined
    const done = later<Record<string, never>>()
    await open({
      'datasets.thumbnails': (_, { signal, onProgress }) => {
        tell = onProgress
        signal!.addEventListener('abort', () => done.reject(new ThawError('cancelled')))
        return done.promise
      },
    })
    // The room is fetched when it is opened, which takes as long as it takes: not by the clock that stands still here.
    await expect.poll(() => tell).toBeDefined()
    tell!({ done: 1, total: 397 })
    await flushPromises()
    expect(document.querySelector('[role="progressbar"]')).toBeNull()
    await vi.advanceTimersByTimeAsync(600)
    tell!({ done: 120, total: 397 })
    await expect.poll(text).toMatch(/Making thumbnails ?120 of 397/)
    await press('Cancel')
    await expect.poll(() => document.querySelector('[role="progressbar"]')).toBeNull()
  })
})
