import { expect, it } from 'vitest'
import { isolate, isolateAll } from '../../../src/renderer/i18n/isolate.ts'

it('keeps the direction of a name from reaching over to the words around it', () => {
  expect(isolate('דבורים')).toBe('\u2068דבורים\u2069')
  expect(isolate('\u202eseeb')).toBe('\u2068\u202eseeb\u2069')
})

it('leaves all other names and numbers as they are', () => {
  expect(isolateAll({ name: '<b>벌</b> & co', count: 3 })).toEqual({ name: '<b>벌</b> & co', count: 3 })
})
