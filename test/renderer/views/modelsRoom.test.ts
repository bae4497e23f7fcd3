import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { WeightsEntry, WeightsOffer } from '../../../src/shared/api/models.ts'
import { plainError, ThawError } from '../../../src/shared/errors.ts'
import ModelsRoom from '../../../src/renderer/views/ModelsRoom.vue'
import { useClassify } from '../../../src/renderer/stores/classify.ts'
import { useDraft } from '../../../src/renderer/stores/draft.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, later, press, text } from '../support/page.ts'
import { someRun, starterWeights } from '../support/samples.ts'

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
    expect(useDialogs().picker).toMatchObject({ folder: null })
    useDialogs().picker!.answer(['/rubbish.pth'])
    await flushPromises()
    expect(made('models.addFile')).toEqual([{ file: '/rubbish.pth' }])
    expect(all('[role="alert"]', /rubbish\.pth/)).toHaveLength(1)
    // The next one begins where that one was.
    await press('Look into a file…')
    expect(useDialogs().picker).toMatchObject({ folder: '/' })
  })

  it('are taken off at once, and come back by Undo', async () => {
    calls['models.remove'] = () => ({})
    calls['models.restore'] = () => ({})
    await open()
    await press('Remove: 벌 & 개미.pth')
    expect(made('models.remove')).toEqual([{ id: 'own' }])
    void useMessages().toasts[0]!.undo!()
    await flushPromises()
    expect(made('models.restore')).toEqual([{ id: 'own' }])
  })

  it('train and classify, and are added by being dropped', async () => {
    const file = '/mine/bees.safetensors'
    const mine = { ...own, id: 'mine', file, network: 'resnet18', classes: 2 }
    calls['models.list'] = () => ({ weights: [mine], offers: [] })
    calls['models.addFile'] = () => mine
    await open()
    expect(text()).toContain('fits ResNet18, 2 classes')
    const event = new Event('drop', { bubbles: true, cancelable: true })
    Object.defineProperty(event, 'dataTransfer', { value: { files: [new File([''], 'x.pth')], items: [] } })
    api.pathOf = () => '/dropped/x.pth'
    document.querySelector('main')!.dispatchEvent(event)
    await flushPromises()
    expect(made('models.addFile')).toEqual([{ file: '/dropped/x.pth' }])
    await press('Classify with it')
    expect(useClassify().model).toEqual({ file, labels: null })
    await press('Train with it')
    expect(useDraft().draft.config).toMatchObject({ backbone: 'resnet18', weights: file })
  })

  it('without a last layer can be trained on, and answer nothing', async () => {
    const headless = { ...own, file: '/mine/dino.pth', network: 'dinov2-small', classes: null }
    calls['models.list'] = () => ({ weights: [headless], offers: [] })
    await open()
    expect(text()).toContain('fits DINOv2 Small, to train a last layer on')
    expect(all('button', 'Train with it')).toHaveLength(1)
    expect(all('button', 'Classify with it')).toHaveLength(0)
  })

  it('that can be used all the same are told of as a warning, others as an error', async () => {
    calls['models.inspect'] = () => ({
      ...{ file: own.file, format: 'pth', sha256: 'ab'.repeat(32), tensors: [], metadata: {}, fit: null },
      warnings: [
        plainError(new ThawError('weights.others', { file: 'x.pth', chosen: 'model', others: 'ema' })),
        plainError(new ThawError('weights.not-finite', { file: 'x.pth', tensors: 'a' })),
      ],
    })
    await open()
    all('button', 'Look inside')[1]!.click()
    await flushPromises()
    expect(all('.notice-warn', /more than one network/)).toHaveLength(1)
    expect(all('[role="alert"]', /not numbers/)).toHaveLength(1)
    expect(all('[role="alert"]', /more than one network/)).toHaveLength(0)
  })

  it('can be looked into, as a tree of their tensors and of what differs', async () => {
    calls['models.tensor'] = () => ({
      ...{ count: 6912, notFinite: 0, zeros: 3, min: -1, max: 2, mean: 0.125, deviation: 0.5 },
      histogram: [1, 2, 3],
    })
    calls['models.inspect'] = () => ({
      file: own.file,
      format: 'pth',
      sha256: 'ab'.repeat(32),
      tensors: [
        {
          ...{ name: 'net.features.0.weight', ours: 'features.0.weight' },
          ...{ shape: [64, 3, 3, 3], dtype: 'float32', bytes: 6912 },
        },
        {
          ...{ name: 'net.features.0.bias', ours: 'features.0.bias' },
          ...{ shape: [64], dtype: 'float32', bytes: 256 },
        },
        { name: 'classifier.6.bias', ours: 'classifier.6.bias', shape: [2], dtype: 'float32', bytes: 8 },
        { name: 'criterion', ours: null, shape: [2], dtype: 'float32', bytes: 8 },
      ],
      metadata: { classes: '["<b>ants</b>"]' },
      warnings: [],
      fit: {
        ...{ network: 'vgg11', missing: ['classifier.6.weight'], unexpected: ['criterion'], misshapen: [] },
        ...{ onlyHead: false, classes: null },
      },
    })
    await open()
    all('button', 'Look inside')[1]!.click()
    await flushPromises()
    const rows = () =>
      all('[role="dialog"] tbody tr').map((it) => it.textContent.replaceAll(/\s+/g, ' ').trim())
    expect(rows()).toEqual([
      expect.stringMatching(/^features ?2 tensors/),
      expect.stringMatching(/^classifier ?1 tensor ?1 differs/),
      expect.stringMatching(/^criterion ?unexpected/),
    ])
    for (const part of ['features', '0']) {
      all('[role="dialog"] button.holds', part)[0]!.click()
      await flushPromises()
    }
    expect(text()).toContain('64 × 3 × 3 × 3')
    expect(text()).toContain('net.features.0.weight')
    all('[role="dialog"] td button.link', 'weight')[0]!.click()
    await flushPromises()
    expect(made('models.tensor')).toEqual([{ file: own.file, tensor: 'net.features.0.weight' }])
    expect(text()).toContain('0.125')
    expect(text()).toContain('["<b>ants</b>"]')
    const field = document.querySelector<HTMLInputElement>('[role="dialog"] input')!
    field.value = 'CLASSIFIER.6'
    field.dispatchEvent(new Event('input'))
    await flushPromises()
    expect(all('[role="dialog"] tbody tr', /features/)).toEqual([])
  })

  it('are compared with one that is looked for beside them, and what no number tells is explained', async () => {
    const facts = { file: own.file, format: 'pth', sha256: 'ab'.repeat(32), tensors: [], metadata: {} }
    calls['models.inspect'] = () => ({ ...facts, warnings: [], fit: null })
    const moved = (name: string, relative: number | null) => ({
      ...{ name, relative, largest: 0.5, values: 1, count: 2 },
    })
    let changed = [moved('a.bias', 0.25), { ...moved('a.steps', 10.6), largest: 4590 }]
    calls['models.compare'] = () => ({
      ...{ changed, layers: [], same: 1, onlyA: [], onlyB: [], misshapen: [] },
    })
    await open()
    all('button', 'Look inside')[1]!.click()
    await flushPromises()
    await press('Compare with a file…')
    expect(useDialogs().picker).toMatchObject({ kind: 'weights', folder: '/mine/' })
    useDialogs().picker!.answer(['/mine/b.pth'])
    await flushPromises()
    expect(made('models.compare')).toEqual([{ a: own.file, b: '/mine/b.pth' }])
    expect(text()).toContain('25.0%')
    expect(text()).toContain('1,060%')
    expect(text()).toContain('4,590')
    expect(text()).not.toContain('no share can be told')
    changed = [moved('a.bias', null)]
    await press('Compare with a file…')
    useDialogs().picker!.answer(['/mine/c.pth'])
    await flushPromises()
    expect(text()).toContain('– stands where no share can be told')
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

describe('a network', () => {
  it('says what it is good for, how right and large it is, and shows its layers without weights', async () => {
    calls['models.about'] = () => ({
      speeds: { resnet18: 51.4 },
      uses: [{ file: starterWeights.file, runs: [{ run: 'a', name: 'insects' }] }],
    })
    await open()
    const card = document.querySelector('[data-network="resnet18"]')!
    expect(card.textContent).toContain('Small and plain')
    expect(card.textContent).toContain('69.758%')
    expect(card.textContent).toContain('51 photos/s')
    expect(card.textContent).toContain('BSD-3-Clause')
    expect(text()).toContain('1 run began with it: insects')
    card.querySelector<HTMLButtonElement>('.card-head button')!.click()
    await flushPromises()
    expect(all('[role="dialog"] tbody tr', /layer1\.0\.conv1/)).toHaveLength(1)
  })

  it('is measured on this machine by a click', async () => {
    let speeds = {}
    calls['models.about'] = () => ({ speeds, uses: [] })
    Object.assign(calls, {
      'models.speed': ({ network }: { network: string }) => {
        speeds = { [network]: 7.25 }
        return { network, photosPerSecond: 7.25 }
      },
    })
    await open()
    document.querySelector<HTMLButtonElement>('[data-network="resnet18"] .network-facts button')!.click()
    await flushPromises()
    expect(document.querySelector('[data-network="resnet18"]')!.textContent).toContain('7.3 photos/s')
  })

  it('has the person’s own runs beside its weights, which lead to classifying and exporting', async () => {
    calls['runs.list'] = () => ({ runs: [someRun], damaged: [] })
    await open()
    expect(all('a', 'Export')[0]!.getAttribute('href')).toContain(`/runs/${someRun.id}`)
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
    expect(text()).toContain('not at hand')
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
