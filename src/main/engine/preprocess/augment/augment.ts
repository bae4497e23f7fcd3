import type { Transform, TransformName } from '../../../../shared/augmentation.ts'
import type { DrawnStep } from '../../../../shared/drawnStep.ts'
import type { Preparation } from '../../../../shared/preparation.ts'
import type { Random } from '../../../../shared/random.ts'
import type { Pixels } from '../../photos/pixels.ts'
import { drawnFrom, evaluationView } from '../pipeline.ts'
import { colorJitter } from './colorJitter.ts'
import { randomHorizontalFlip, randomVerticalFlip } from './flips.ts'
import { gaussianBlur } from './gaussianBlur.ts'
import type { Kind } from './kind.ts'
import { randomErasing } from './randomErasing.ts'
import { randomGrayscale } from './randomGrayscale.ts'
import { randomResizedCrop } from './randomResizedCrop.ts'
import { randomRotation } from './randomRotation.ts'
import { trivialAugmentWide } from './trivialAugmentWide.ts'

/** One file a kind, one row here. */
const kinds: { [N in TransformName]: Kind<N> } = {
  RandomResizedCrop: randomResizedCrop,
  RandomHorizontalFlip: randomHorizontalFlip,
  RandomVerticalFlip: randomVerticalFlip,
  RandomRotation: randomRotation,
  ColorJitter: colorJitter,
  RandomGrayscale: randomGrayscale,
  GaussianBlur: gaussianBlur,
  RandomErasing: randomErasing,
  TrivialAugmentWide: trivialAugmentWide,
}

/** A kind that is only known by name takes what has that name. */
const kindOf = (name: TransformName) => kinds[name] as unknown as Kind<TransformName>

/** What a step that was drawn makes of a picture. The picture itself stays as it is. */
export const applyStep = (picture: Pixels, step: DrawnStep, preparation: Preparation): Pixels =>
  kindOf(step.name).apply(picture, step, preparation)

interface Augmented {
  /** [crop, crop, 3] */
  pixels: Pixels
  drawn: DrawnStep[]
}

/**
 * Draws a view of a photo and makes it: the transforms in their order, each drawing from the one stream. Those before RandomResizedCrop
 * act on the whole photo (squashed or padded first, where the preparation says so); without one the evaluation's resize and crop come first.
 */
export function augment(
  photo: Pixels,
  list: readonly Transform[],
  random: Random,
  preparation: Preparation,
): Augmented {
  const drawn: DrawnStep[] = []
  let pixels = list.some(({ name }) => name === 'RandomResizedCrop')
    ? drawnFrom(photo, preparation)
    : { data: evaluationView(photo, preparation), width: preparation.crop, height: preparation.crop }
  for (const transform of list) {
    const step = kindOf(transform.name).draw(transform, random, pixels)
    if (!step) continue
    pixels = applyStep(pixels, step, preparation)
    drawn.push(step)
  }
  return { pixels, drawn }
}
