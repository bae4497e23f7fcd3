import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import PrecisionProbe from '../../../../src/renderer/components/train/PrecisionProbe.vue'
import type { Measured } from '../../../../src/renderer/composables/useProbe.ts'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import type { PrecisionComparison } from '../../../../src/shared/run.ts'

const shown = (measured: Measured<PrecisionComparison>) =>
  mount(PrecisionProbe, { props: { measured }, global: { plugins: [i18n] } })
const found = (comparison: PrecisionComparison) => shown({ state: 'ready', found: comparison })

describe('the comparison of precisions', () => {
  it('is asked for by a click, and ended by another', async () => {
    const idle = shown({ state: 'idle' })
    await idle.get('button').trigger('click')
    expect(idle.emitted('measure')).toHaveLength(1)
    const running = shown({ state: 'running' })
    await running.get('button').trigger('click')
    expect(running.emitted('stop')).toHaveLength(1)
  })

  it('tells gain and deviation, and what to do', () => {
    const good = found({ gain: 1.77, deviation: 0.0127, recommended: true })
    expect(good.get('[role=status]').text()).toMatch(/1\.77 times.*Recommended/)
    const bad = found({ gain: 0.9, deviation: 0.07, recommended: false })
    expect(bad.get('[role=status]').text()).toMatch(/Better stay exact/)
  })

  it('says where there is nothing to gain', () => {
    const nothing = found({ gain: null, deviation: null, recommended: false })
    expect(nothing.get('[role=status]').text()).toMatch(/no bfloat16/)
  })
})
