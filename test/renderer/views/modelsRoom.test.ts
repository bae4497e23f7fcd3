import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { WeightsEntry, WeightsOffer } from '../../../src/shared/api/models.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import ModelsRoom from '../../../src/renderer/views/ModelsRoom.vue'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, later, press, text } from '../support/page.ts'
import { starterWeights } from '../support/samples.ts'

beforeAll(layOut)

const vgg16: WeightsOffer = {
  network: 'vgg16',
  url: 'https://example.invalid/vgg16.pth',
  bytes: 553_433_881,
  received: 0,
  origin: 'ImageNet',
  licence: 'BSD-3-Clause',
}
const own: WeightsEntry = {
  ...starterWeights,
  id: 'own',
  source: 'own',
  file: '/mine/벌 & 개미.pth',
  network: null,
}

let api: FakeApi
let calls: FakeCalls
beforeEach(() => {
  calls = { 'models.list': () => ({ weights: [starterWeights, own], offers: [vgg16] }) }
})
async function open(): Promise<void> {
  api = fakeApi(calls)
  await mountRoom(ModelsRoom, { api, at: '/models' })
  await flushPromises()
}
const made = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)

describe('weights at hand', () => {
  it('are listed with what they fit, where they lie and their licence', async () => {
    await open()
    expect(text()).toContain('fits EfficientNet-Lite0, 1,000 classes')
    expect(text()).toContain('fits none of the networks here')
    expect(text()).toContain('/mine/벌 & 개미.pth')
  })

  it('can be added by file; rubbish is told of where it was added', async () => {
    calls['models.addFile'] = () => {
      throw new ThawError('weights.not-weights', { file: '/rubbish.pth' })
    }
    await open()
    await press('Add a weight file…')
    useDialogs().picker!.answer(['/rubbish.pth'])
    await flushPromises()
    expect(made('models.addFile')).toEqual([{ file: '/rubbish.pth' }])
    expect(all('[role="alert"]', /rubbish\.pth/)).toHaveLength(1)
  })

  it('are only taken away when asked twice', async () => {
    calls['models.remove'] = () => ({})
    await open()
    await press('Remove: 벌 & 개미.pth')
    expect(useDialogs().question!.body).toContain('the file stays where it is')
    useDialogs().question!.answer(true)
    await flushPromises()
    expect(made('models.remove')).toEqual([{ id: 'own' }])
  })

  it('can be looked into, tensor by tensor', async () => {
    calls['models.inspect'] = () => ({
      file: own.file,
      format: 'pth',
      sha256: 'ab'.repeat(32),
      tensors: [
        { name: 'features.0.weight', shape: [64, 3, 3, 3], dtype: 'float32', bytes: 6912 },
        { name: 'classifier.6.bias', shape: [2], dtype: 'float32', bytes: 8 },
      ],
      metadata: { classes: '["<b>ants</b>"]' },
      warnings: [],
      fit: null,
    })
    await open()
    all('button', 'Look inside')[1]!.click()
    await flushPromises()
    expect(text()).toContain('64 × 3 × 3 × 3')
    expect(text()).toContain('["<b>ants</b>"]')
    const field = document.querySelector<HTMLInputElement>('[role="dialog"] input')!
    field.value = 'BIAS'
    field.dispatchEvent(new Event('input'))
    await flushPromises()
    expect(all('[role="dialog"] tbody tr', /features/)).toEqual([])
  })

  it('that cannot be read say why in their place', async () => {
    calls['models.inspect'] = () => {
      throw new ThawError('weights.not-weights', { file: own.file })
    }
    await open()
    all('button', 'Look inside')[1]!.click()
    await flushPromises()
    expect(all('[role="dialog"] [role="alert"]')).toHaveLength(1)
  })
})

describe('a download', () => {
  it('names its address and size before, tells how far it is, and can be cancelled and gone on with', async () => {
    const done = later<WeightsEntry>()
    calls['models.download'] = (_, { signal, onProgress }) => {
      onProgress?.({ received: 100_000_000, total: vgg16.bytes })
      signal!.addEventListener('abort', () => done.reject(new ThawError('cancelled')))
      return done.promise
    }
    await open()
    expect(text()).toContain(vgg16.url)
    await press('Download (553 MB)')
    expect(text()).toContain('100 MB of 553 MB')
    calls['models.list'] = () => ({ weights: [], offers: [{ ...vgg16, received: 100_000_000 }] })
    await press('Cancel')
    expect(all('[role="alert"]')).toEqual([])
    expect(document.querySelector('[role="progressbar"]')).toBeNull()
  })

  it('that was interrupted says what is left', async () => {
    calls['models.list'] = () => ({ weights: [], offers: [{ ...vgg16, received: 500_000_000 }] })
    await open()
    expect(control('Go on (53 MB left)')).toBeDefined()
    expect(text()).toContain('No weights are at hand.')
  })

  it('that arrived damaged says so', async () => {
    calls['models.download'] = () => {
      throw new ThawError('weights.checksum', { file: 'vgg16.pth' })
    }
    await open()
    await press('Download (553 MB)')
    expect(all('[role="alert"]')).toHaveLength(1)
  })
})
