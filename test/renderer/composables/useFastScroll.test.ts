import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { useFastScroll } from '../../../src/renderer/composables/useFastScroll.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** Ten rows of a hundred pixels in view, from where it is scrolled to, and two more that are not; so long takes a frame. */
function scrolling(milliseconds = 16) {
  let top = 0
  let its!: ReturnType<typeof useFastScroll>
  const rows = () => {
    const first = Math.floor(top / 100)
    return { inView: Array.from({ length: 10 }, (_, i) => first + i), near: [first + 10, first + 11] }
  }
  const waits = { is: false }
  const told: (number | undefined)[] = []
  const wrapper = mount({
    setup() {
      its = useFastScroll(
        rows,
        () => waits.is,
        (index) => told.push(index),
      )
      return () => h('p')
    },
  })
  const to = (wanted: number, steps: number) => {
    const step = (wanted - top) / steps
    for (let i = 0; i < steps; i += 1) {
      vi.advanceTimersByTime(milliseconds)
      top += step
      its.scrolled(top)
    }
  }
  const full = (which: 'inView' | 'near' = 'inView') => rows()[which].filter((row) => its.isFull(row)).length
  return { to, full, wrapper, waits, told }
}

it('Rows are drawn in full at the speed of a wheel, and not while thousands of pixels a second fly past', () => {
  const { to, full } = scrolling()
  to(3000, 100)
  expect(full()).toBe(10)
  to(9000, 60)
  expect(full()).toBe(0)
})

it('Nor are they in a page whose frames are late: eight a second at the same speed', () => {
  // A frame is drawn after it is told how far it was scrolled.
  const untilFrame = () => 126 - (performance.now() % 125)
  vi.stubGlobal('requestAnimationFrame', (draw: FrameRequestCallback) =>
    setTimeout(() => draw(0), untilFrame()),
  )
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
  vi.advanceTimersByTime(125 - (performance.now() % 125))
  const { to, full } = scrolling(125)
  to(12_000, 16)
  expect(full()).toBe(0)
  vi.advanceTimersByTime(500)
  expect(full()).toBe(10)
})

it('When a fast scroll ends, rows are filled a few a frame, and all of them in less than a quarter of a second', () => {
  const { to, full } = scrolling()
  to(6000, 60)
  expect(full()).toBe(0)
  vi.advanceTimersByTime(90)
  expect(full()).toBeGreaterThan(0)
  expect(full()).toBeLessThan(10)
  vi.advanceTimersByTime(160)
  expect(full()).toBe(10)
  to(6500, 60)
  expect(full()).toBe(10)
})

it('A page that is late with a frame fills the rows of those it has missed with it', () => {
  vi.stubGlobal('requestAnimationFrame', (draw: FrameRequestCallback) => setTimeout(() => draw(0), 100))
  const { to, full } = scrolling()
  to(6000, 60)
  vi.advanceTimersByTime(160)
  expect(full()).toBe(2)
  vi.advanceTimersByTime(100)
  expect(full()).toBe(10)
})

it('Rows are filled as a fast scroll runs out, before it has ended', () => {
  const { to, full } = scrolling()
  to(6000, 60)
  to(6300, 30)
  expect(full()).toBe(10)
})

it('A flick that runs out evenly has its rows before it stands still', () => {
  const { to, full } = scrolling()
  // Five seconds from 250,000 pixels a second to rest, a frame every 16 ms.
  const place = (frame: number) => 625_000 * (1 - (1 - frame / 312) ** 2)
  for (let frame = 1; frame <= 300; frame += 1) to(place(frame), 1)
  expect(full()).toBe(0)
  for (let frame = 301; frame <= 312; frame += 1) to(place(frame), 1)
  expect(full()).toBeGreaterThan(0)
})

it('It is told where a flick that runs out will stand still, before it does, and where it does; once all is drawn, no more', () => {
  const { to, told } = scrolling()
  const place = (frame: number) => 625_000 * (1 - (1 - frame / 312) ** 2)
  for (let frame = 1; frame <= 290; frame += 1) to(place(frame), 1)
  expect(told).toEqual([])
  for (let frame = 291; frame <= 300; frame += 1) to(place(frame), 1)
  expect(told.at(-1)).toBeCloseTo(625_000, 0)
  for (let frame = 301; frame <= 312; frame += 1) to(place(frame), 1)
  vi.advanceTimersByTime(60)
  expect(told.at(-1)).toBe(place(312))
  vi.advanceTimersByTime(1000)
  expect(told.at(-1)).toBeUndefined()
})

it('It is told where a flick stands still that stops at once', () => {
  const { to, told } = scrolling()
  to(60_000, 60)
  expect(told).toEqual([])
  // In the frame after fifty milliseconds of rest.
  vi.advanceTimersByTime(50 + 17)
  expect(told).toEqual([60_000])
})

it('What nobody sees yet is filled after what is in view, which has the machine to itself so long', () => {
  const { to, full } = scrolling()
  to(6000, 60)
  vi.advanceTimersByTime(250)
  expect([full(), full('near')]).toEqual([10, 0])
  vi.advanceTimersByTime(350)
  expect([full(), full('near')]).toEqual([10, 2])
})

it('What nobody sees yet waits as long as pictures in view are to come', () => {
  const { to, full, waits } = scrolling()
  waits.is = true
  to(6000, 60)
  vi.advanceTimersByTime(2000)
  expect([full(), full('near')]).toEqual([10, 0])
  waits.is = false
  vi.advanceTimersByTime(250)
  expect([full(), full('near')]).toEqual([10, 2])
})

it('A scroll that goes on before all rows are filled takes no frame from it, and nothing goes on when the grid is gone', () => {
  const { to, full, wrapper } = scrolling()
  to(6000, 60)
  vi.advanceTimersByTime(90)
  to(12000, 60)
  expect(full()).toBe(0)
  wrapper.unmount()
  vi.advanceTimersByTime(1000)
  expect(vi.getTimerCount()).toBe(0)
})
