import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import type { Listing } from '../../../src/shared/api/files.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import PathPicker from '../../../src/renderer/components/PathPicker.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, press, text } from '../support/page.ts'

const listing: Listing = {
  path: '/mine',
  parent: '/',
  roots: [{ name: 'home', path: '/mine' }],
  folders: [{ name: '벌', path: '/mine/벌' }],
  files: [
    { name: 'a.pth', path: '/mine/a.pth', bytes: 10 },
    { name: 'b.pth', path: '/mine/b.pth', bytes: 10 },
  ],
  photos: 3,
}

let answers: unknown[][]
beforeEach(() => (answers = []))

async function open(
  kind: 'folder' | 'weights' | 'photos' | 'sources',
  home?: Promise<void>,
  folder: string | null = null,
  name?: string,
): Promise<void> {
  const api = fakeApi({
    'files.browse': async ({ path }) => {
      if (path === null) await home
      const folder = path?.replace(/(.)\/$/, '$1') ?? '/mine'
      if (folder !== '/mine' && folder !== '/mine/벌') throw new ThawError('dataset.missing', { folder })
      return folder === '/mine' ? listing : { ...listing, path: folder, folders: [], files: [], photos: 83 }
    },
  })
  const onAnswer = (paths: string[]) => answers.push(paths)
  await mountRoom(PathPicker, { api, props: { kind, folder, name, onAnswer } })
  await flushPromises()
}
async function type(path: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>('[role="dialog"] input')!
  field.value = path
  field.dispatchEvent(new Event('input'))
  await flushPromises()
  document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
}

it('A folder is walked to and taken, and tells how many photos are in it', async () => {
  await open('folder')
  expect(all('[role="dialog"] button', /\.pth/)).toEqual([])
  await press('벌')
  expect(text()).toContain('There are no folders in this one.')
  expect(text()).toContain('83 photos here')
  await press('Choose this folder')
  expect(answers).toEqual([['/mine/벌']])
})

it('It begins in the folder that it is told of', async () => {
  await open('folder', undefined, '/mine/벌/')
  await press('Choose this folder')
  expect(answers).toEqual([['/mine/벌']])
})

it('It begins at home where the folder that it is told of is gone', async () => {
  await open('folder', undefined, '/gone/')
  expect(all('[role="alert"]')).toEqual([])
  await press('Choose this folder')
  expect(answers).toEqual([['/mine']])
})

it('A file is chosen by a click or by its path', async () => {
  await open('weights')
  expect(all('button[disabled]', 'Choose a weight file')).toHaveLength(1)
  await type('/mine/b.pth')
  expect(all('[role="alert"]')).toEqual([])
  expect(control(/^b\.pth/).getAttribute('aria-pressed')).toBe('true')
  await press('Choose 1 file')
  expect(answers).toEqual([['/mine/b.pth']])
})

it('A list or an archive is a file: the folder that is shown is none', async () => {
  await open('sources')
  expect(all('[role="dialog"] button', 'Choose this folder')).toEqual([])
  await press(/^a\.pth/)
  await press(/^b\.pth/)
  await press('Choose 1 file')
  expect(answers).toEqual([['/mine/b.pth']])
})

it('Several photos are chosen at once', async () => {
  await open('photos')
  await press(/^a\.pth/)
  await press(/^b\.pth/)
  await press('Choose 2 files')
  expect(answers).toEqual([['/mine/a.pth', '/mine/b.pth']])
})

it('A path that leads nowhere is told of, and what was there stays', async () => {
  await open('weights')
  await type('/nowhere/c.pth')
  expect(all('[role="alert"]', /nowhere/)).toHaveLength(1)
  expect(control(/^a\.pth/)).toBeDefined()
})

it.each(['is typed', 'is gone to'])(
  'A path stays, and so does where it leads, when the first folder is read only once it %s',
  async (when) => {
    let read = (): void => {}
    await open('weights', new Promise((resolve) => (read = resolve)))
    const field = document.querySelector<HTMLInputElement>('[role="dialog"] input')!
    field.value = '/mine/b.pth'
    field.dispatchEvent(new Event('input'))
    if (when === 'is typed') read()
    await flushPromises()
    expect(field.value).toBe('/mine/b.pth')
    document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
    await flushPromises()
    read()
    await flushPromises()
    await press('Choose 1 file')
    expect(answers).toEqual([['/mine/b.pth']])
  },
)

/** What was typed, without Enter or “Go”. */
async function fill(path: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>('[role="dialog"] input')!
  field.value = path
  field.dispatchEvent(new Event('input'))
  await flushPromises()
}

it('What was typed is taken, never the folder that is shown below it', async () => {
  await open('folder')
  await fill('/mine/벌/')
  await press('Choose this folder')
  expect(answers).toEqual([['/mine/벌']])
})

it('What was typed and is not there is refused, and nothing else is taken', async () => {
  await open('folder')
  await fill('/mine/ants')
  await press('Choose this folder')
  expect(answers).toEqual([])
  expect(all('[role="alert"]', /mine.ants/)).toHaveLength(1)
})

it('A file that was typed is taken by the one button', async () => {
  await open('weights')
  await fill('/mine/b.pth')
  await press('Choose a weight file')
  expect(answers).toEqual([['/mine/b.pth']])
})

it('A new file gets a name of its own in the folder that is walked to; a name that leads elsewhere is none', async () => {
  await open('folder', undefined, null, 'garden.csv')
  expect(text()).toContain('Save as')
  await press('벌')
  const field = document.querySelectorAll<HTMLInputElement>('[role="dialog"] input')[1]!
  expect(field.value).toBe('garden.csv')
  const named = async (name: string) => {
    field.value = name
    field.dispatchEvent(new Event('input'))
    await flushPromises()
  }
  for (const name of ['', '  ', '../garden.csv', '..', 'a\\b.csv']) {
    await named(name)
    expect((control('Save here') as HTMLButtonElement).disabled).toBe(true)
  }
  await named(' 정원.csv ')
  await press('Save here')
  expect(answers).toEqual([['/mine/벌/정원.csv']])
})
