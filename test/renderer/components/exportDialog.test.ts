import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import ExportDialog from '../../../src/renderer/components/photos/ExportDialog.vue'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { useSettings } from '../../../src/renderer/stores/settings.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeCalls } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { press, text } from '../support/page.ts'

const listed: unknown[] = []
async function open(calls: FakeCalls, mode: 'electron' | 'serve') {
  listed.length = 0
  const api = fakeApi(calls)
  await mountRoom(ExportDialog, {
    api,
    props: { dataset: 'd', name: 'ants: and/bees', onListed: (...it: unknown[]) => listed.push(it) },
  })
  await useSettings().load()
  useSettings().info = { ...useSettings().info!, mode }
  await press('CSV list')
  return api
}

it('A list is saved by the system’s dialog in the app, under the dataset’s name without what no file may be called', async () => {
  const api = await open(
    { 'files.pickSave': () => ({ grant: 'g' }), 'files.saveList': () => ({ photos: 7 }) },
    'electron',
  )
  await press('Save as…')
  await flushPromises()
  expect(api.made.filter(({ call }) => /pickSave|List/.test(call)).map(({ input }) => input)).toEqual([
    { name: 'ants_ and_bees.csv' },
    { grant: 'g', dataset: 'd' },
  ])
  expect(listed).toEqual([[7, 'ants_ and_bees.csv']])
})

it('In a browser the place is chosen in our own picker, by folder and name; what is there already is told and stays', async () => {
  const api = await open(
    {
      'datasets.writeList': ({ file }) => {
        if (file === '/mine/there.csv') throw new ThawError('export.there-already', { file })
        return { photos: 7 }
      },
    },
    'serve',
  )
  const save = async (answer: string[]) => {
    await press('Save as…')
    expect(useDialogs().picker).toMatchObject({ kind: 'folder', name: 'ants_ and_bees.csv' })
    useDialogs().picker!.answer(answer)
    await flushPromises()
  }
  await save([])
  expect(api.made.some(({ call }) => call === 'datasets.writeList')).toBe(false)
  await save(['/mine/there.csv'])
  expect(text()).toContain('/mine/there.csv')
  expect(listed).toEqual([])
  await save(['/mine/list'])
  expect(listed).toEqual([[7, '/mine/list.csv']])
})
