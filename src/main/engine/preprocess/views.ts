import type { Random } from '../../../shared/random.ts'
import { randomFor } from '../../../shared/random.ts'
import type { Box } from './resize.ts'
import { roundHalfEven } from './rounding.ts'

/** What a training photo is cut to before it is resized to the network's square, and whether it is then mirrored. */
export interface TrainingView extends Box {
  flip: boolean
}

/** Share of the photo's area, and width to height, that a training view may have (the recipe's; torchvision's ratio). */
const areas = [0.5, 1] as const
const ratios = [3 / 4, 4 / 3] as const
/** How often torchvision draws before it gives up and takes the middle. */
const tries = 10

const between = (random: Random, from: number, to: number) => from + (to - from) * random.uniform()

/** The largest middle part whose ratio is allowed, for photos that are too long for ten draws to fit. */
function middle(width: number, height: number): Box {
  const ratio = width / height
  const [narrowest, widest] = ratios
  const box =
    ratio < narrowest
      ? { width, height: roundHalfEven(width / narrowest) }
      : ratio > widest
        ? { width: roundHalfEven(height * widest), height }
        : { width, height }
  return {
    left: Math.floor((width - box.width) / 2),
    top: Math.floor((height - box.height) / 2),
    ...box,
  }
}

function drawBox(random: Random, width: number, height: number): Box {
  for (let i = 0; i < tries; i += 1) {
    const area = width * height * between(random, ...areas)
    // even on a logarithmic scale, so that 3/4 and 4/3 are equally likely
    const ratio = Math.exp(between(random, Math.log(ratios[0]), Math.log(ratios[1])))
    const box = {
      width: roundHalfEven(Math.sqrt(area * ratio)),
      height: roundHalfEven(Math.sqrt(area / ratio)),
    }
    if (box.width < 1 || box.width > width || box.height < 1 || box.height > height) continue
    const top = random.integer(0, height - box.height)
    const left = random.integer(0, width - box.width)
    return { left, top, ...box }
  }
  return middle(width, height)
}

/**
 * Draws a view as torchvision's RandomResizedCrop (get_params) with scale .5–1 and ratio 3/4–4/3 does, then
 * RandomHorizontalFlip: the same steps in the same order, on our own random numbers.
 */
export function drawTrainingView(random: Random, width: number, height: number): TrainingView {
  const box = drawBox(random, width, height)
  return { ...box, flip: random.uniform() < 0.5 }
}

/** Makes the streams of a bank's views different from those of the epochs, whose places have one number less. */
const bankMark = 1

/** The random numbers of a photo's view in an epoch. `photo` is its place in the training split. */
export function randomOfEpoch(seed: number, photo: number, epoch: number): Random {
  return randomFor(seed, 'augmentation', photo, epoch)
}

/** The random numbers of view `view` (from 0) of a photo in a bank of fixed views: the same in every epoch. */
export function randomOfBank(seed: number, photo: number, view: number): Random {
  return randomFor(seed, 'augmentation', photo, view, bankMark)
}
