import { flushPromises } from '@vue/test-utils'
import { defineComponent, h } from 'vue'
import { expect, it } from 'vitest'
import ToastHost from '../../../src/renderer/components/ToastHost.vue'
import { useSaving } from '../../../src/renderer/composables/useSaving.ts'
import { useSettings } from '../../../src/renderer/stores/settings.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, press, text } from '../support/page.ts'

it('What the app has saved is shown in its folder on a click, for as long as no other place was asked for', async () => {
  const grants = ['first', 'second']
  const api = fakeApi({
    'files.pickSave': () => ({ grant: grants.shift() ?? null }),
    'files.save': () => ({}),
    'files.reveal': () => ({}),
  })
  let save!: ReturnType<typeof useSaving>['save']
  const Room = defineComponent({
    setup() {
      ;({ save } = useSaving())
      return () => h(ToastHost)
    },
  })
  await mountRoom(Room, { api })
  const settings = useSettings()
  await settings.load()
  settings.info = { ...settings.info!, mode: 'electron' }
  const offered = () => Promise.resolve({ download: 'd' })
  await save('table.csv', offered)
  await save('chart.csv', offered, () => 'The chart is saved.')
  await flushPromises()
  expect(text()).toContain('Saved: table.csv')
  expect(text()).toContain('The chart is saved.')
  expect(all('button', 'Show in folder')).toHaveLength(1)
  await press('Show in folder')
  const shown = api.made.filter(({ call }) => call === 'files.reveal').map(({ input }) => input)
  expect(shown).toEqual([{ grant: 'second' }])
})
