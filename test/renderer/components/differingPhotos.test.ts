import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Comparison } from '../../../src/shared/api/compare.ts'
import DifferingPhotos from '../../../src/renderer/components/compare/DifferingPhotos.vue'
import { i18n } from '../../../src/renderer/i18n/index.ts'

const photo = (name: string) => ({
  photo: `/photos/insects/val/ants/${name}`,
  class: 'ants',
  answers: ['ants', 'bees'],
})
const comparison: Comparison = {
  ...{ runs: [], pairs: [], settings: {}, plan: {} },
  photos: { total: 153, differing: ['1.jpg', '2 &=?.jpg'].map(photo) },
}

it('leads from each photo that runs answer differently to the photo room, where it is found by its name', async () => {
  const room = { template: '<p />' }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: room },
      { path: '/photos/:dataset?', name: 'photos', component: room },
    ],
  })
  const page = mount(DifferingPhotos, {
    props: { comparison, pictures: [null, null], dataset: 'insects' },
    global: { plugins: [i18n, router] },
  })
  const links = page.findAll('a.picture')
  expect(links).toHaveLength(2)
  await links[1]!.trigger('click')
  await router.isReady()
  await expect.poll(() => router.currentRoute.value.name).toBe('photos')
  expect(router.currentRoute.value.params['dataset']).toBe('insects')
  expect(router.currentRoute.value.query).toEqual({ find: '2 &=?.jpg' })

  await page.setProps({ dataset: null })
  expect(page.findAll('a.picture')).toHaveLength(0)
})
