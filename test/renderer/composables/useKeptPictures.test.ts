import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { h } from 'vue'
import { apiKey } from '../../../src/renderer/api.ts'
import { useKeptPictures } from '../../../src/renderer/composables/useKeptPictures.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import { fakeApi } from '../support/fakeApi.ts'

const aPicture = (id: string, base64 = 'AAAA') => `data:image/jpeg;base64,${base64}#/thumb/${id}`

/** Of `none` no picture can be made, of `camera` there is one of the camera's; of those that are `late` none is made at first. */
function theGrid({
  none = [],
  camera = [],
  late = [],
}: { none?: string[]; camera?: string[]; late?: string[] } = {}) {
  const calls: { ids: string[]; coarse: boolean; signal: AbortSignal }[] = []
  const answers: (() => void)[] = []
  const left = new Set(late)
  const pictureOf = (id: string, coarse: boolean) => {
    if (none.includes(id)) return 'none'
    if (left.delete(id)) return 'later'
    return camera.includes(id) && coarse ? { jpeg: 'BBBB', coarse } : { jpeg: 'AAAA', coarse: false }
  }
  const api = fakeApi({
    'pictures.grid': ({ pictures, coarse }, options) => {
      const { signal } = options
      calls.push({ ids: pictures, coarse: coarse!, signal: signal! })
      return new Promise((resolve, reject) => {
        signal!.addEventListener('abort', () => reject(new ThawError('cancelled')))
        answers.push(() => resolve({ pictures: pictures.map((id) => pictureOf(id, coarse!)) }))
      })
    },
  })
  let its!: ReturnType<typeof useKeptPictures>
  const grid = {
    setup() {
      its = useKeptPictures()
      return () => h('p')
    },
  }
  mount(grid, { global: { provide: { [apiKey as symbol]: api } } })
  const answer = async () => {
    answers.shift()!()
    await flushPromises()
  }
  return { its, calls, answer }
}
const ids = (from: number, count: number) => Array.from({ length: count }, (_, i) => `d.a.${from + i}`)

it('Pictures that are shown in one go are asked for together, two calls at a time', async () => {
  const { its, calls, answer } = theGrid()
  for (const id of ids(0, 60)) its.show(id)
  await flushPromises()
  expect(calls.map((call) => call.ids.length)).toEqual([24, 24])
  expect(its.addressOf('d.a.0')).toBeUndefined()
  await answer()
  expect(its.addressOf('d.a.0')).toBe(aPicture('d.a.0'))
  expect(calls.map((call) => call.ids.length)).toEqual([24, 24, 12])
})

it('One that cannot be made is to be asked for by itself, and is looked for again when it is shown again', async () => {
  const { its, calls, answer } = theGrid({ none: ['d.a.1'] })
  for (const id of ids(0, 2)) its.show(id)
  await flushPromises()
  await answer()
  expect([its.addressOf('d.a.0'), its.addressOf('d.a.1')]).toEqual([aPicture('d.a.0'), ''])
  its.leave('d.a.1')
  its.show('d.a.1')
  await flushPromises()
  expect(calls.at(-1)!.ids).toEqual(['d.a.1'])
})

it('What is not made yet is asked for again, and not once it has been scrolled past', async () => {
  const { its, calls, answer } = theGrid({ late: ['d.a.1', 'd.a.2'] })
  for (const id of ids(0, 3)) its.show(id)
  await flushPromises()
  its.leave('d.a.2')
  await answer()
  expect(its.addressOf('d.a.1')).toBeUndefined()
  expect(calls.map((call) => call.ids)).toEqual([ids(0, 3), ['d.a.1']])
  await answer()
  expect(its.addressOf('d.a.1')).toBe(aPicture('d.a.1'))
  expect(calls).toHaveLength(2)
})

it('What is not made yet comes before what was shown after it', async () => {
  const { its, calls, answer } = theGrid({ late: ids(0, 2) })
  for (const id of ids(0, 80)) its.show(id)
  await flushPromises()
  await answer()
  expect(calls[2]!.ids).toEqual([...ids(0, 2), ...ids(48, 22)])
})

it('The camera’s own picture stands in until every tile has one; then finer ones come', async () => {
  const { its, calls, answer } = theGrid({ camera: ['d.a.0'] })
  for (const id of ids(0, 30)) its.show(id)
  await flushPromises()
  await answer()
  expect(its.addressOf('d.a.0')).toBe(aPicture('d.a.0', 'BBBB'))
  expect(calls).toHaveLength(2)
  await answer()
  expect(calls[2]).toMatchObject({ ids: ['d.a.0'], coarse: false })
  await answer()
  expect(its.addressOf('d.a.0')).toBe(aPicture('d.a.0'))
  expect(calls).toHaveLength(3)
})

it('A coarse picture stays where no finer one can be made', async () => {
  const camera = ['d.a.0']
  const none: string[] = []
  const { its, calls, answer } = theGrid({ camera, none })
  its.show('d.a.0')
  await flushPromises()
  await answer()
  none.push('d.a.0')
  await answer()
  expect([its.addressOf('d.a.0'), calls.length]).toEqual([aPicture('d.a.0', 'BBBB'), 2])
})

it('A call of which nothing is in view any more is ended, and what comes into view again is asked for anew', async () => {
  const { its, calls, answer } = theGrid()
  for (const id of ids(0, 2)) its.show(id)
  await flushPromises()
  its.leave('d.a.0')
  expect(calls[0]!.signal.aborted).toBe(false)
  its.leave('d.a.1')
  expect(calls[0]!.signal.aborted).toBe(true)
  its.show('d.a.1')
  await flushPromises()
  expect(calls[1]!.ids).toEqual(['d.a.1'])
  await answer()
  await answer()
  expect(its.addressOf('d.a.1')).toBe(aPicture('d.a.1'))
})

it('What was scrolled past before it had its turn is not asked for', async () => {
  const { its, calls, answer } = theGrid()
  for (const id of ids(0, 100)) its.show(id)
  await flushPromises()
  for (const id of ids(48, 40)) its.leave(id)
  await answer()
  expect(calls[2]!.ids).toEqual(ids(88, 12))
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
  expect(calls).toHaveLength(1)
})

it('Pictures that nobody has seen for long are given up', async () => {
  const { its, answer } = theGrid()
  for (let from = 0; from < 648; from += 24) {
    for (const id of ids(from, 24)) its.show(id)
    await flushPromises()
    await answer()
    for (const id of ids(from, 24)) its.leave(id)
  }
  expect(its.addressOf('d.a.0')).toBeUndefined()
  expect(its.addressOf('d.a.47')).toBeUndefined()
  expect(its.addressOf('d.a.48')).toBeDefined()
})

it('Where the engine is gone each is to be asked for by itself, and tells why', async () => {
  const api = fakeApi({
    'pictures.grid': () => Promise.reject(new ThawError('engine.gone', { part: 'library' })),
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

it('What will be in view is asked for before it is shown, and shown at once; what is expected no longer is given up', async () => {
  const { its, calls, answer } = theGrid()
  its.expect(ids(0, 30))
  expect(calls.map((call) => call.ids.length)).toEqual([24, 6])
  await answer()
  for (const id of ids(0, 24)) its.show(id)
  await flushPromises()
  expect([its.addressOf('d.a.0'), calls.length]).toEqual([aPicture('d.a.0'), 2])
  its.expect(ids(100, 3))
  expect(calls[1]!.signal.aborted).toBe(true)
  expect(calls[2]!.ids).toEqual(ids(100, 3))
})

it('What is both expected and shown is asked for once, and stays asked for when it is shown no more', async () => {
  const { its, calls, answer } = theGrid({ late: ids(0, 2) })
  for (const id of ids(0, 2)) its.show(id)
  its.expect(ids(0, 2))
  await flushPromises()
  expect(calls.map((call) => call.ids)).toEqual([ids(0, 2)])
  for (const id of ids(0, 2)) its.leave(id)
  expect(calls[0]!.signal.aborted).toBe(false)
  await answer()
  expect(calls[1]!.ids).toEqual(ids(0, 2))
})
