import { expect, it } from 'vitest'
import PhotoGrid from '../../../src/renderer/components/photos/PhotoGrid.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'

/** Presses the mouse on the grid; true if the page selects text as it likes. */
const pressed = (detail: number): boolean =>
  document
    .querySelector('[role="listbox"]')!
    .dispatchEvent(new MouseEvent('mousedown', { detail, bubbles: true, cancelable: true }))

it('A double click on photos selects no text beside them; a single one gives them the focus', async () => {
  const props = {
    ...{ total: 0, photoAt: () => undefined, heads: [], narrowest: 112, selected: new Set(), classes: [] },
    ...{ marks: [], headText: () => '', modelValue: -1 },
  }
  await mountRoom(PhotoGrid, { api: fakeApi({}), props })
  expect(pressed(1)).toBe(true)
  expect(pressed(2)).toBe(false)
})
