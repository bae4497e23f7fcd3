import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RouterView } from 'vue-router'
import type { Router } from 'vue-router'
import type { DatasetSummary } from '../../../src/shared/api/datasets.ts'
import type { WeightsEntry } from '../../../src/shared/api/models.ts'
import { plainError, ThawError } from '../../../src/shared/errors.ts'
import { because } from '../../../src/shared/reasons.ts'
import { presets, transformsOf } from '../../../src/shared/augmentation.ts'
import { resolvePlan } from '../../../src/shared/model/plan.ts'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { useDraft } from '../../../src/renderer/stores/draft.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, press, text } from '../support/page.ts'
import { aPhoto, awkwardNames, someDataset, starterWeights } from '../support/samples.ts'

beforeAll(layOut)

let api: FakeApi
let calls: FakeCalls
let datasets: DatasetSummary[]
const vgg16Offer = {
  network: 'vgg16',
  url: 'https://example.org/vgg16.pth',
  bytes: 553_433_881,
  received: 0,
  origin: 'torchvision',
  licence: 'BSD-3-Clause',
}

const forecast = {
  freshEpochs: 1,
  secondsFirstEpoch: 9,
  secondsEpoch: 3,
  secondsTotal: 21,
  peakMiB: 900,
  suggestedBatch: 64,
}

beforeEach(() => {
  datasets = [someDataset]
  calls = {
    'datasets.list': () => ({ datasets }),
    'datasets.get': ({ dataset }) => ({
      summary: datasets.find(({ id }) => id === dataset)!,
      unreadable: [],
      sources: ['/photos'],
      missing: [],
      lostActs: 0,
      emptyFolders: [],
      otherPictures: dataset === 'b' ? ['train/ants/a.gif', '개미/나비.svg', 'c.avif', 'd.gif'] : [],
      archives: [],
    }),
    'datasets.photos': () => ({ total: 1, photos: [aPhoto(0)] }),
    'models.list': () => ({ weights: [starterWeights], offers: [vgg16Offer] }),
    'train.forecast': () => forecast,
    'train.start': () => ({ run: 'abc' }),
    'runs.get': () => {
      throw new ThawError('not-found', { what: 'this-run' })
    },
  }
})

async function open(step: string): Promise<Router> {
  api = fakeApi(calls)
  const { vm } = await mountRoom(RouterView, { api, at: `/train/${step}` })
  await flushPromises()
  return vm.$router
}
const made = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)
const config = () => useDraft().runConfig
/** Waits until what was chosen has rested, and was checked. */
async function checked(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 250))
  await flushPromises()
}
/** A file of the person's own that says how photos are prepared for it. */
const mine: WeightsEntry = {
  ...starterWeights,
  id: 'own-mine',
  source: 'own',
  file: '/mine/mine.safetensors',
  preparation: { ...starterWeights.preparation, resize: 99, crop: 88 },
}
async function choose(file: string): Promise<void> {
  await press('Choose a file…')
  useDialogs().picker!.answer([file])
  await flushPromises()
}

describe('the photos', () => {
  it('are chosen among those that are there, with names as they are written', async () => {
    datasets = [
      someDataset,
      { ...someDataset, id: 'b', name: awkwardNames[1]!, classes: awkwardNames.slice(0, 2) },
    ]
    await open('photos')
    const cards = all('.dataset')
    expect(cards[1]!.querySelector('.preset-name bdi')!.textContent).toBe(awkwardNames[1])
    expect([...cards[1]!.querySelectorAll('.class-bar bdi')].map((it) => it.textContent)).toEqual(
      awkwardNames.slice(0, 2),
    )
    cards[1]!.click()
    await flushPromises()
    expect(useDraft().dataset!.id).toBe('b')
  })

  it('without classes lead to where classes are made', async () => {
    datasets = [{ ...someDataset, problem: plainError(new ThawError('dataset.no-labels')), unlabelled: 24 }]
    const router = await open('photos')
    all('.dataset')[0]!.click()
    await flushPromises()
    await press('Make classes')
    const where = () => router.currentRoute.value.fullPath
    await expect.poll(where, { timeout: 30_000 }).toBe(`/photos/${someDataset.id}?tab=label`)
  })

  it('say which pictures of the folder are left out', async () => {
    datasets = [someDataset, { ...someDataset, id: 'b' }]
    await open('photos')
    all('.dataset')[0]!.click()
    await flushPromises()
    expect(text()).not.toContain('left out')
    all('.dataset')[1]!.click()
    await flushPromises()
    expect(text()).toContain(
      'Not read as photos, and left out: train/ants/a.gif, 개미/나비.svg, c.avif, … (+1)',
    )
  })

  it('that are missing lead to adding some, and the steps after wait', async () => {
    datasets = []
    await open('photos')
    expect(text()).toContain('No photos yet')
    expect(all('footer button[disabled]', 'Next: Preparation')).toHaveLength(1)
  })

  it('that cannot be trained on say why', async () => {
    const { code, parameters, message, advice } = new ThawError('dataset.one-class', {
      folder: '/p',
      class: 'ants',
    })
    datasets = [{ ...someDataset, problem: { code, parameters, message, advice } }]
    await open('photos')
    all('.dataset')[0]!.click()
    await flushPromises()
    expect(text()).toContain(advice)
    expect(all('footer button[disabled]', 'Next: Preparation')).toHaveLength(1)
  })
})

it('The layers say what a fixed number of views costs: each is computed once', async () => {
  await open('layers')
  useDraft().changeConfig({ augmentation: 'views:4' })
  await flushPromises()
  expect(text()).toContain('Each of the 4 views of a training photo passes the frozen layers once')
})

describe('the preparation', () => {
  it('tells what each way of augmenting costs and gains, and takes it', async () => {
    await open('preparation')
    await press('None')
    expect(text()).toContain('photos are soonest learnt by heart')
    expect(text()).toContain('Evaluation and training always take the same one')
    expect(config().augmentation).toBe('none')
    await press('Recipe')
    expect(text()).toContain('never sees quite the same photo twice')
    expect(config().augmentation).toBe('recipe')
    await press('Draw only a few views a photo, once')
    expect(text()).toContain('After 4 epochs each view was seen')
    expect(config().augmentation).toBe('views:4')
    expect(text()).toContain('training takes 4 others in turn')
    await press('Strong')
    expect(config().augmentation).toMatchObject({ views: 4, transforms: presets.strong })
  })

  it('lets each parameter be changed, and every change be undone', async () => {
    await open('preparation')
    await press('Light')
    expect(config().augmentation).toBe('light')
    const brightness = () =>
      document.querySelector<HTMLInputElement>('input[type=range][aria-label=Brightness]')!
    for (const value of ['0.3', '0.4']) {
      brightness().value = value
      brightness().dispatchEvent(new Event('input'))
      await flushPromises()
    }
    expect(config().augmentation).toMatchObject({ transforms: [{}, {}, { brightness: 0.4, contrast: 0.15 }] })
    // A slider that was drawn along is one step.
    await press('Undo')
    expect(config().augmentation).toBe('light')
    await press('Redo')
    await press('Grey')
    await press('Remove Mirror')
    expect(transformsOf(config().augmentation).map(({ name }) => name)).toEqual([
      'RandomResizedCrop',
      'ColorJitter',
      'RandomGrayscale',
    ])
    await press('Move Grey up')
    expect(transformsOf(config().augmentation)[1]).toEqual({ name: 'RandomGrayscale', p: 0.1 })
    await press('Back to “Light”')
    expect(config().augmentation).toBe('light')
    await press('Undo')
    expect(transformsOf(config().augmentation)).toHaveLength(3)
  })

  it('is that of the weights, or the recipe’s', async () => {
    await open('preparation')
    expect(config().preparation).toBeNull()
    await press(/^As the recipe has it/)
    expect(config().preparation).toMatchObject({ resize: 224, crop: 224, interpolation: 'bilinear' })
  })

  it('is that of the very file that trains: what the file says, else the recipe’s', async () => {
    calls['models.list'] = () => ({ weights: [starterWeights, mine], offers: [vgg16Offer] })
    await open('preparation')
    expect(useDraft().preparation).toMatchObject({ resize: 256, interpolation: 'bicubic' })
    useDraft().changeConfig({ weights: mine.file })
    expect(useDraft().preparation).toMatchObject({ resize: 99, crop: 88 })
    useDraft().changeConfig({ weights: '/of/a/former/run.pth' })
    expect(useDraft().preparation).toMatchObject({ resize: 224, interpolation: 'bilinear' })
  })
})

describe('the network', () => {
  it('is chosen with its weights; without any at hand the steps after wait', async () => {
    const added = { ...mine, file: '/mine/vgg16.pth', network: 'vgg16' }
    let weights = [starterWeights]
    calls['models.list'] = () => ({ weights, offers: [vgg16Offer] })
    calls['models.addFile'] = () => {
      weights = [starterWeights, added]
      return added
    }
    await open('network')
    await press(/^VGG16 /)
    expect(config().backbone).toBe('vgg16')
    expect(text()).toContain('No weights for this network are at hand')
    expect(text()).toContain('https://example.org/vgg16.pth')
    expect(control(/^Download \(/)).toBeDefined()
    expect(all('footer button[disabled]', 'Next: Layers')).toHaveLength(1)
    await choose(added.file)
    expect(config().weights).toBe('/mine/vgg16.pth')
    expect(all('footer button[disabled]')).toHaveLength(0)
  })

  it('trains with the file that was added under Models where that is all there is', async () => {
    const added = { ...mine, file: '/mine/vgg16.pth', network: 'vgg16' }
    calls['models.list'] = () => ({ weights: [starterWeights, added], offers: [vgg16Offer] })
    await open('network')
    await press(/^VGG16 /)
    expect(useDraft().draft.config.weights).toBeNull()
    expect(text()).toContain('vgg16.pth')
    expect(config().weights).toBe(added.file)
  })

  it('lets one choose among published weights and files of one’s own', async () => {
    calls['models.list'] = () => ({ weights: [starterWeights, mine], offers: [vgg16Offer] })
    await open('network')
    expect(config().weights).toBeNull()
    const select = document.querySelector<HTMLSelectElement>('.weights select')!
    expect([...select.options].map((it) => it.text)).toEqual([
      'efficientnet-lite0.pth (published)',
      'mine.safetensors',
    ])
    select.value = mine.file
    select.dispatchEvent(new Event('change'))
    expect(config().weights).toBe(mine.file)
  })

  it('becomes the one that a chosen file is of, and stays where the file is of none', async () => {
    calls['models.addFile'] = ({ file }) => {
      if (file === '/mine/y.pth') throw new ThawError('weights.not-weights', { file })
      return { ...mine, file, network: file === '/mine/r.pth' ? 'resnet18' : null }
    }
    await open('network')
    await choose('/mine/r.pth')
    expect(config()).toMatchObject({ backbone: 'resnet18', weights: '/mine/r.pth' })
    await choose('/mine/x.pth')
    expect(text()).toContain('“x.pth” fits none of the networks here.')
    expect(config()).toMatchObject({ backbone: 'resnet18', weights: '/mine/r.pth' })
    await choose('/mine/y.pth')
    expect(all('main [role="alert"]', /y\.pth/)).toHaveLength(1)
  })
})

describe('the review', () => {
  it('says in a paragraph what will happen, what it will take, and the command that does the same', async () => {
    await open('review')
    expect(text()).toContain(
      'You train 2,562 of 3,373,570 parameters of EfficientNet-Lite0 on 244 photos of ants and bees, 5 times over.',
    )
    expect(text()).toContain('thaw train /photos/insects --backbone efficientnet-lite0 --plan head-only')
    expect(text().replaceAll('\u202f', ' ')).toMatch(/In all21 s/)
    expect(text()).toContain('batches of up to 64 suit these photos')
  })

  it('starts the run under its name', async () => {
    await open('review')
    const name = document.querySelector<HTMLInputElement>('footer input')!
    name.value = '벌과 개미 <1>'
    name.dispatchEvent(new Event('input'))
    await press('Start training')
    expect(made('train.start')).toMatchObject([{ dataset: 'insects', name: '벌과 개미 <1>' }])
    expect((made('train.start')[0] as { config: object }).config).toEqual(config())
  })

  it('stays, and says why, where the run cannot begin', async () => {
    calls['train.start'] = () => {
      throw new ThawError('run.does-not-fit', { needed: '40.0', available: '8.0', batch: 4 })
    }
    await open('review')
    await press('Start training')
    expect(all('[role="alert"]', /40\.0 GB/)).toHaveLength(1)
    expect(all('button[disabled]', 'Start training')).toHaveLength(0)
  })

  it('cannot be started with a weight file that cannot be read or does not fit, and says why', async () => {
    calls['train.check'] = () => {
      throw new ThawError('weights.not-weights', { file: '/mine/broken.pth' })
    }
    await open('review')
    await checked()
    expect(all('button[disabled]', 'Start training')).toHaveLength(1)
    expect(text()).toContain('Training cannot begin with this weight file')
    expect(all('main [role="alert"]', /broken\.pth/)).toHaveLength(1)
    expect(made('train.check')).toMatchObject([{ classes: 2, config: { backbone: 'efficientnet-lite0' } }])
  })

  it('says what cannot be told of the weight file, where it is chosen and before it starts, and can begin', async () => {
    calls['train.check'] = () => ({
      notes: [
        plainError(
          new ThawError('weights.maybe-twin', {
            ...{ file: '/mine/b0.pth', network: 'EfficientNet-B0', twin: 'tf_efficientnet_b0' },
            ...because('twin-tensorflow'),
          }),
        ),
      ],
    })
    await open('network')
    await checked()
    expect(all('main .notice', /tf_efficientnet_b0/)).toHaveLength(1)
    await open('review')
    await checked()
    expect(all('main .notice', /tf_efficientnet_b0/)).toHaveLength(1)
    expect(all('button[disabled]', 'Start training')).toHaveLength(0)
  })

  it('looks at the weight file once more before it starts: it may have gone meanwhile', async () => {
    let isGone = false
    calls['train.check'] = () => {
      if (isGone) throw new ThawError('weights.missing', { file: '/mine/gone.pth' })
      return { notes: [] }
    }
    await open('review')
    await checked()
    isGone = true
    await press('Start training')
    expect(made('train.start')).toEqual([])
    expect(all('main [role="alert"]', /gone\.pth/)).toHaveLength(1)
    expect(all('button[disabled]', 'Start training')).toHaveLength(1)
  })

  it.each(['network', 'layers', 'settings', 'review'])(
    'is told on the step %s that the photos’ folder is gone, and cannot go on until it is back',
    async (step) => {
      await open(step)
      await checked()
      datasets = datasets.map((it) => ({ ...it, present: false, folder: '/disk/photos' }))
      window.dispatchEvent(new Event('focus'))
      await checked()
      expect(all('.notice', /\/disk\/photos/)).toHaveLength(1)
      expect(text()).toContain('The folder of these photos is not there now')
      expect(all('button[disabled]', step === 'review' ? 'Start training' : /^Next/)).toHaveLength(1)
      datasets = datasets.map((it) => ({ ...it, present: true }))
      window.dispatchEvent(new Event('focus'))
      await checked()
      expect(all('.notice', /\/disk\/photos/)).toHaveLength(0)
      expect(all('button[disabled]', step === 'review' ? 'Start training' : /^Next/)).toHaveLength(0)
    },
  )

  it('does not start once the photos’ folder is gone, which it looks at again', async () => {
    await open('review')
    await checked()
    datasets = datasets.map((it) => ({ ...it, present: false, folder: '/disk/photos' }))
    await press('Start training')
    await checked()
    expect(made('train.start')).toEqual([])
    expect(all('.notice', /\/disk\/photos/)).toHaveLength(1)
  })

  it('cannot be started with settings that make no sense, and leads to them', async () => {
    calls['train.check'] = () => {
      throw new ThawError('config.invalid', { reason: 'nesterov needs a momentum above 0' })
    }
    await open('settings')
    await checked()
    expect(text()).toContain('Training cannot begin with these settings')
    expect(all('main [role="alert"]', /momentum above 0/)).toHaveLength(1)
    expect(all('footer button[disabled]', 'Next: Review')).toHaveLength(1)
  })

  it('tells how long those epochs take whose views are new, and the later ones', async () => {
    calls['train.forecast'] = () => ({ ...forecast, freshEpochs: 4 })
    await open('review')
    expect(all('.numbers > *')[0]!.textContent).toMatch(/3\u202fs ?9\u202fs for each of the first 4/)
    useDraft().changeConfig({ epochs: 4 })
    await flushPromises()
    expect(all('.numbers > *')[0]!.textContent).toMatch(/9\u202fs ?measured/)
  })

  it('cannot be started where measuring it has shown that it cannot run', async () => {
    calls['train.forecast'] = () => {
      throw new ThawError('run.does-not-fit', { needed: '40.0', available: '8.0', batch: 4 })
    }
    await open('review')
    await checked()
    expect(all('main [role="alert"]', /40\.0 GB/)).toHaveLength(1)
    expect(all('button[disabled]', 'Start training')).toHaveLength(1)
    expect(text()).toContain('Training cannot begin: the reason stands above')
  })

  it('says so where nothing could be measured, and tries again', async () => {
    calls['train.forecast'] = () => {
      throw new ThawError('busy', { what: 'the-trainer' })
    }
    await open('review')
    expect(all('[role="alert"]')).toHaveLength(1)
    await press('Try again')
    expect(made('train.forecast')).toHaveLength(2)
    await checked()
    // It will be free again: the training waits for its turn.
    expect(all('button[disabled]', 'Start training')).toHaveLength(0)
  })

  it('keeps names that turn the direction from reaching into the sentence', async () => {
    datasets = [{ ...someDataset, classes: ['ants', '\u202eseeb'] }]
    await open('review')
    expect(text()).toContain('ants and \u2068\u202eseeb\u2069')
  })
})

it('Starting over keeps the photos, when asked twice', async () => {
  await open('settings')
  useDraft().changeConfig({ epochs: 50 })
  await press('Start over')
  useDialogs().question!.answer(true)
  await flushPromises()
  expect(config().epochs).toBe(5)
  expect(useDraft().dataset!.id).toBe('insects')
})

describe('a plan with more steps than the run has epochs', () => {
  it('is told alike by Review and Settings: what is never thawed stays frozen, and it is said', async () => {
    await open('review')
    const draft = useDraft()
    draft.choosePreset('careful')
    draft.changeConfig({ epochs: 3 })
    await flushPromises()
    const reached = resolvePlan(draft.network, draft.draft.stages[2]!.plan)
    const learns = reached.learns.toLocaleString('en')
    expect(text()).toContain(`You train ${learns} of`)
    expect(text()).toContain('for the last time before epoch 3')
    expect(text()).toContain('From epoch 4 on more would thaw, but the last epoch is 3.')
    await open('settings')
    useDraft().choosePreset('careful')
    useDraft().changeConfig({ epochs: 3 })
    await flushPromises()
    expect(text()).toContain(`${learns} in the end`)
  })
})

describe('what is not used', () => {
  it('is counted where photos are chosen and in the review: unreadable, no photos, and left out by hand', async () => {
    datasets = [{ ...someDataset, unreadable: 1, otherPictures: 2, leftOut: 4 }]
    await open('photos')
    expect(text()).toContain('7 files left out')
    await open('review')
    expect(all('.facts, dl, .card', /Left out\s*7/).length).toBeGreaterThan(0)
  })
})

describe('the step', () => {
  const stepOf = async (router: Router, address: string) => {
    await router.push(address)
    await flushPromises()
    return router.currentRoute.value.name
  }

  it('that was left is the one that a person comes back to, until the training has begun', async () => {
    const router = await open('photos')
    all('.dataset')[0]!.click()
    await flushPromises()
    expect(await stepOf(router, '/train/settings')).toBe('train-settings')
    await router.push('/models')
    expect(await stepOf(router, '/train')).toBe('train-settings')
    await stepOf(router, '/train/review')
    await press('Start training')
    await expect.poll(() => router.currentRoute.value.name, { timeout: 30_000 }).toBe('live')
    await router.push('/train')
    await expect.poll(() => router.currentRoute.value.name, { timeout: 30_000 }).toBe('train-layers')
  })

  it('that cannot be done yet gives way to the one that wants something', async () => {
    const router = await open('photos')
    all('.dataset')[0]!.click()
    await flushPromises()
    await stepOf(router, '/train/settings')
    await router.push('/models')
    useDraft().chooseNetwork('vgg16', null)
    expect(await stepOf(router, '/train')).toBe('train-network')
  })
})
