import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { GpuState } from '../../../src/shared/api/gpu.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import GpuSection from '../../../src/renderer/components/settings/GpuSection.vue'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeCalls } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'

const card = {
  name: 'NVIDIA GeForce RTX 3060',
  driver: '550.120',
  memory: 12_884_901_888,
  free: 12_000_000_000,
  computeCapability: 8.6,
}
const pack = { supported: true, installed: null, received: 0, download: 3_379_082_848, needed: 5_671_566_788 }
const installed = { tensorflow: '2.21.0', cudnn: '9.28.0.42', bytes: 5_672_747_911, current: true }

async function mounted(state: Partial<GpuState>, calls: FakeCalls = {}) {
  const found: GpuState = { cards: [card], problems: [], pack, ...state }
  const api = fakeApi({ 'gpu.state': () => found, ...calls })
  api.setConnection('open')
  const wrapper = await mountRoom(GpuSection, { api, props: { modelValue: 'deterministic' } })
  await flushPromises()
  const button = (text: string) => wrapper.findAll('button, .radio').find((one) => one.text().includes(text))
  return { api, wrapper, found, button }
}

describe('the section on graphics cards', () => {
  it('says that there is none, and offers nothing to install', async () => {
    const { wrapper, button } = await mounted({ cards: [] })
    expect(wrapper.text()).toContain('No NVIDIA card with a working driver was found')
    expect(button('Install')).toBeUndefined()
  })

  it('shows the card, its memory and its driver', async () => {
    const { wrapper } = await mounted({})
    expect(wrapper.text()).toContain('NVIDIA GeForce RTX 3060')
    expect(wrapper.text()).toContain('driver 550.120')
  })

  it('says what keeps a card from computing, and installs nothing for it', async () => {
    const parameters = { found: '470.256.02', needed: '525.60.13' }
    const problem = { code: 'gpu.driver-old' as const, what: '', advice: '', parameters }
    const { wrapper, button } = await mounted({ problems: [problem] })
    expect(wrapper.text()).toContain('driver 470.256.02 is too old')
    expect(button('Install')).toBeUndefined()
  })

  it('installs the pack with progress, which can be cancelled', async () => {
    let tell: (received: number) => void = () => undefined
    const { api, wrapper, button } = await mounted(
      {},
      {
        'gpu.install': (_, { signal, onProgress }) =>
          new Promise((_resolve, reject) => {
            tell = (received) =>
              onProgress?.({ step: 'downloading', package: 'nvidia-cudnn-cu12', received, total: 4e9 })
            signal?.addEventListener('abort', () => reject(new ThawError('cancelled')))
          }),
      },
    )
    await button('Install (3.4')!.trigger('click')
    tell(1e9)
    await flushPromises()
    expect(wrapper.text()).toContain('Downloading nvidia-cudnn-cu12')
    expect(wrapper.find('[role="progressbar"]').exists()).toBe(true)
    await button('Cancel')!.trigger('click')
    await flushPromises()
    expect(wrapper.find('[role="progressbar"]').exists()).toBe(false)
    expect(wrapper.text()).not.toContain('Cancelled')
    expect(api.made.filter(({ call }) => call === 'gpu.state')).toHaveLength(2)
  })

  it('goes on with what has arrived', async () => {
    const { button } = await mounted({ pack: { ...pack, received: 1_379_082_848 } })
    expect(button('Go on (2.0')).toBeDefined()
    expect(button('Remove')).toBeDefined()
  })

  it('tells why an installation failed', async () => {
    const { wrapper, button } = await mounted(
      {},
      {
        'gpu.install': () =>
          Promise.reject(new ThawError('gpu.no-space', { needed: '7 GB', available: '3 GB' })),
      },
    )
    await button('Install')!.trigger('click')
    await flushPromises()
    expect(wrapper.text()).toContain('The GPU pack needs 7 GB of disk')
  })

  it('shows an installed pack with its size, and a newer one if there is', async () => {
    const { wrapper, button } = await mounted({ pack: { ...pack, installed } })
    expect(wrapper.text()).toContain('cuDNN 9.28.0.42, 5.7')
    expect(button('Remove')).toBeDefined()
    expect(button('Install')).toBeUndefined()
    const old = await mounted({ pack: { ...pack, installed: { ...installed, current: false } } })
    expect(old.button('Update')).toBeDefined()
  })

  it('changes how a card computes', async () => {
    const { wrapper, button } = await mounted({})
    await button('Autotune')!.trigger('click')
    expect(wrapper.emitted('update:modelValue')).toEqual([['autotune']])
  })
})
