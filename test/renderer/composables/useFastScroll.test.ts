import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { useFastScroll } from '../../../src/renderer/composables/useFastScroll.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Ten rows of a hundred pixels in view, from where it is scrolled to. */
function scrolling() {
  let top = 0
  let its!: ReturnType<typeof useFastScroll>
  const rows = () => Array.from({ length: 10 }, (_, i) => Math.floor(top / 100) + i)
  const wrapper = mount({
    setup() {
      its = useFastScroll(rows)
      return () => h('p')
    },
  })
  const to = (wanted: number, steps: number) => {
    const step = (wanted - top) / steps
    for (let i = 0; i < steps; i += 1) {
      vi.advanceTimersByTime(16)
      top += step
      its.scrolled(top)
    }
  }
  return { to, full: () => rows().filter((row) => its.isFull(row)).length, wrapper }
}

it('Rows are drawn in full at the speed of a wheel, and not while thousands of pixels a second fly past', () => {
  const { to, full } = scrolling()
  to(3000, 100)
  expect(full()).toBe(10)
  to(9000, 60)
  expect(full()).toBe(0)
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
