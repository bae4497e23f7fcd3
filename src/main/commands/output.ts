import type { Dataset } from '../../shared/dataset.ts'
import { otherPicturesLeftOut } from '../engine/datasets/otherPictures.ts'
import { bar } from './bar.ts'
import { told } from './words.ts'

// Whoever reads may stop reading (“| head”): then there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3))
// A terminal that was closed takes no messages any more; that ends no training.
process.stderr.on('error', () => undefined)

/** One line of `--json`. */
export const line = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** What was asked for, in words. */
export const print = (text: string): void => {
  bar.hide()
  process.stdout.write(`${text}\n`)
}

/** For people who watch: on standard error, so that standard output stays for what was asked. */
export const say = (text: string): void => {
  bar.hide()
  process.stderr.write(`${text}\n`)
}

/** Names the pictures of a folder that are not read as photos. */
export function sayOtherPictures(dataset: Pick<Dataset, 'otherPictures'>): void {
  const leftOut = otherPicturesLeftOut(dataset)
  if (leftOut) say(told(leftOut))
}
