import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { apiKey } from '../../../src/renderer/api.ts'
import { useKeptPictures } from '../../../src/renderer/composables/useKeptPictures.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import { fakeApi } from '../support/fakeApi.ts'

const revoked: string[] = []
beforeEach(() => {
  let made = 0
  revoked.length = 0
  vi.stubGlobal(
    'URL',
    Object.assign(URL, {
      createObjectURL: () => `blob:${(made += 1)}`,
      revokeObjectURL: (address: string) => revoked.push(address),
    }),
  )
})

/** Of these ids no picture was made; all others are there. */
function theGrid(missing: string[] = []) {
  const calls: string[][] = []
  const answers: (() => void)[] = []
  const api = fakeApi({
    'pictures.kept': ({ pictures }) => {
      calls.push(pictures)
      return new Promise((resolve) =>
        answers.push(() =>
          resolve({ pictures: pictures.map((id) => (missing.includes(id) ? null : 'AAAA')) }),
        ),
      )
    },
  })
  let its!: ReturnType<typeof useKeptPictures>
  const grid = {
    setup() {
      its = useKeptPictures()
      return () => h('p')
    },
  }
  const wrapper = mount(grid, { global: { provide: { [apiKey as symbol]: api } } })
  const answer = async () => {
    answers.shift()!()
    await flushPromises()
  }
  return { its, calls, answer, wrapper }
}
const ids = (from: number, count: number) => Array.from({ length: count }, (_, i) => `d.a.${from + i}`)

it('Pictures that are shown in one go are asked for together, two calls at a time', async () => {
  const { its, calls, answer } = theGrid()
  for (const id of ids(0, 60)) its.show(id)
  await flushPromises()
  expect(calls.map(({ length }) => length)).toEqual([24, 24])
  expect(its.addressOf('d.a.0')).toBeUndefined()
  await answer()
  expect(its.addressOf('d.a.0')).toBe('blob:1#/thumb/d.a.0')
  expect(calls.map(({ length }) => length)).toEqual([24, 24, 12])
})

it('One that is not made yet is to be asked for by itself, and is looked for again when it is shown again', async () => {
  const { its, calls, answer } = theGrid(['d.a.1'])
  for (const id of ids(0, 2)) its.show(id)
  await flushPromises()
  await answer()
  expect([its.addressOf('d.a.0'), its.addressOf('d.a.1')]).toEqual([expect.stringMatching(/^blob:/), ''])
  its.leave('d.a.1')
  its.show('d.a.1')
  await flushPromises()
  expect(calls.at(-1)).toEqual(['d.a.1'])
})

it('What was scrolled past before it had its turn is not asked for', async () => {
  const { its, calls, answer } = theGrid()
  for (const id of ids(0, 100)) its.show(id)
  await flushPromises()
  for (const id of ids(48, 40)) its.leave(id)
  await answer()
  expect(calls[2]).toEqual(ids(88, 12))
})

it('A photo that is at another place now keeps its picture, and one that was seen before comes at once', async () => {
  const { its, calls, answer } = theGrid()
  its.show('d.a.0')
  await flushPromises()
  await answer()
  const address = its.addressOf('d.a.0')
  its.show('d.a.0')
  its.leave('d.a.0')
  expect(its.addressOf('d.a.0')).toBe(address)
  its.leave('d.a.0')
  its.show('d.a.0')
  expect(its.addressOf('d.a.0')).toBe(address)
  expect([calls.length, revoked]).toEqual([1, []])
})

it('Pictures that nobody has seen for long are given up, and with the grid all of them', async () => {
  const { its, answer, wrapper } = theGrid()
  for (let from = 0; from < 648; from += 24) {
    for (const id of ids(from, 24)) its.show(id)
    await flushPromises()
    await answer()
    for (const id of ids(from, 24)) its.leave(id)
  }
  expect(revoked).toEqual(Array.from({ length: 48 }, (_, i) => `blob:${i + 1}`))
  expect(its.addressOf('d.a.47')).toBeUndefined()
  expect(its.addressOf('d.a.48')).toBeDefined()
  wrapper.unmount()
  expect(revoked).toHaveLength(648)
})

it('Where the engine is gone each is to be asked for by itself, and tells why', async () => {
  const api = fakeApi({
    'pictures.kept': () => Promise.reject(new ThawError('engine.gone', { part: 'library' })),
  })
  let its!: ReturnType<typeof useKeptPictures>
  mount(
    { setup: () => ((its = useKeptPictures()), () => h('p')) },
    { global: { provide: { [apiKey as symbol]: api } } },
  )
  its.show('d.a.0')
  await flushPromises()
  expect(its.addressOf('d.a.0')).toBe('')
})
