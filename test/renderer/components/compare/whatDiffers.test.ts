import { beforeEach, expect, it } from 'vitest'
import type { Comparison } from '../../../../src/shared/api/compare.ts'
import WhatDiffers from '../../../../src/renderer/components/compare/WhatDiffers.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import { fakeApi } from '../../support/fakeApi.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { text } from '../../support/page.ts'

beforeEach(() => (i18n.global.locale.value = 'en'))

const runs = ['a', 'b'].map((run) => ({ run }))
const open = (differences: Pick<Comparison, 'settings' | 'plan'>) =>
  mountRoom(WhatDiffers, { api: fakeApi(), props: { comparison: { runs, ...differences } } })

it('names each setting and layer as the head of its row, and writes learning rates as all pages do', async () => {
  const page = await open({
    settings: { epochs: [3, 20] },
    plan: { '': ['frozen', 0.0001], 'features.0': [0.0005, 0.2] },
  })
  const rows = page.findAll('tbody tr').filter((row) => row.find('td').exists())
  const told = rows.map((row) => [
    row.get('th[scope="row"]').text(),
    ...row.findAll('td').map((it) => it.text()),
  ])
  expect(told).toEqual([
    ['epochs', '3', '20'],
    ['whole network', 'frozen', '1e-4'],
    ['features.0', '5e-4', '.2'],
  ])
})

it('says so where nothing differs', async () => {
  await open({ settings: {}, plan: {} })
  expect(text()).toContain('Settings and plans are the same')
})
