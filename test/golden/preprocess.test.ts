import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decodePhoto } from '../../src/main/engine/photos/decode.ts'
import { applyStep } from '../../src/main/engine/preprocess/augment/augment.ts'
import { evaluationView } from '../../src/main/engine/preprocess/pipeline.ts'
import type { Preparation } from '../../src/shared/preparation.ts'
import { recipePreparation } from '../../src/shared/preparation.ts'
import { describeGolden, goldenFolder, photosFolder, readGolden } from '../support/golden.ts'

interface Cases {
  /** The folder of the photos, seen from the golden folder. */
  root: string
  /** "Resize(224), CenterCrop(224)" */
  eval: string
  /** "resized_crop(crop) to 224x224, then horizontal flip" */
  train: string
  interpolation: string
  cases: {
    photo: string
    eval: string
    train: string
    crop: { top: number; left: number; height: number; width: number }
    flip: boolean
  }[]
}

const numberIn = (text: string, pattern: RegExp) => Number(pattern.exec(text)![1])

describeGolden('preparation is byte for byte what Pillow and torchvision make of a photo', () => {
  const { root, cases, ...about } = readGolden<Cases>('preprocess', 'cases.json')
  const interpolation = about.interpolation.includes('bicubic') ? 'bicubic' : 'bilinear'
  const evaluated: Preparation = {
    ...recipePreparation,
    resize: numberIn(about.eval, /Resize\((\d+)\)/),
    crop: numberIn(about.eval, /CenterCrop\((\d+)\)/),
    interpolation,
  }
  const trained: Preparation = {
    ...recipePreparation,
    crop: numberIn(about.train, /to (\d+)x/),
    interpolation,
  }
  const photoOf = (photo: string) => decodePhoto(join(goldenFolder, root, photo))
  const expected = (name: string) => decodePhoto(join(goldenFolder, 'preprocess', name))

  it.each(cases)('$photo, to evaluate', async (one) => {
    const view = evaluationView(await photoOf(one.photo), evaluated)
    expect(Buffer.compare(view, (await expected(one.eval)).data)).toBe(0)
  })

  it.each(cases)('$photo, to train', async (one) => {
    const cut = applyStep(await photoOf(one.photo), { name: 'RandomResizedCrop', ...one.crop }, trained)
    const view = one.flip ? applyStep(cut, { name: 'RandomHorizontalFlip' }, trained) : cut
    expect(Buffer.compare(view.data, (await expected(one.train)).data)).toBe(0)
  })
})

describeGolden("the recipe's photos", () => {
  it('can all be decoded', async () => {
    const files = readdirSync(photosFolder, { recursive: true, encoding: 'utf8' })
    const photos = files.filter((file) => /\.jpe?g$/i.test(file))
    expect(photos).toHaveLength(397)
    for (const photo of photos) await decodePhoto(join(photosFolder, photo))
  })
})
