import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import RelabelMenu from '../../../../src/renderer/components/photos/RelabelMenu.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'

it('A class is found while its Korean syllable is being put together, one that begins so first', async () => {
  const props = { classes: ['여왕벌', '벌', '개미'], keyed: [], current: undefined }
  const menu = mount(RelabelMenu, { props, global: { plugins: [i18n] } })
  const found = () => menu.findAll('[role="option"]').map((line) => line.text())
  const field = menu.get('input')
  await field.trigger('compositionstart')
  for (const typed of ['ㅂ', '버', '벌']) {
    field.element.value = typed
    await field.trigger('input')
    expect(found()[0]).toContain('벌')
    expect(found()[0]).not.toContain('여왕')
    expect(found().join()).not.toContain('개미')
  }
  menu.unmount()
})
