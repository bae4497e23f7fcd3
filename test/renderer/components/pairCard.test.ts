import { enableAutoUnmount, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, expect, it } from 'vitest'
import PairCard from '../../../src/renderer/components/live/PairCard.vue'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { emptyRunView } from '../../../src/renderer/stores/runView.ts'

enableAutoUnmount(afterEach)

it('Of a run that is still being read nothing is said of when its first values come', () => {
  const textOf = (seen: number) =>
    mount(PairCard, {
      props: { what: 'loss', view: { ...emptyRunView, seen }, epochs: 3, byBatch: false, markers: [] },
      global: { plugins: [createPinia(), i18n] },
    }).text()
  expect(textOf(0)).toContain('One moment…')
  expect(textOf(0)).not.toContain('first values')
  expect(textOf(1)).toContain('first values')
})
