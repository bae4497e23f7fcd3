import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import GroupNotices from '../../../../src/renderer/components/photos/GroupNotices.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'

const told = (slowNames: number) => {
  const grouping = {
    ...{ rules: GroupRules.parse({}), groups: 1, grouped: 3, leaks: [], undivided: [] },
    slowNames,
  }
  return mount(GroupNotices, { props: { grouping }, global: { plugins: [i18n] } }).text()
}

it('A pattern that takes too long on names of photos is told, with how many', () => {
  expect(told(0)).toBe('')
  expect(told(1)).toContain('on the name of one photo')
  expect(told(1200)).toContain('on the names of 1,200 photos')
})
