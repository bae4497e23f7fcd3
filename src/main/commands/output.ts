import type { Dataset } from '../../shared/dataset.ts'
import { archivesLeftOut, otherPicturesLeftOut } from '../engine/datasets/leftOut.ts'
import { bar } from './bar.ts'
import { told, words } from './words.ts'

// Whoever reads may stop reading (“| head”): then there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3))
// A terminal that was closed takes no messages any more; that ends no training.
process.stderr.on('error', () => undefined)

/** One line of `--json`. */
export const line = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Text with its control characters spelt out, but for line breaks and tabs: a file's name must not steer a person's terminal. */
export const tame = (text: string): string =>
  text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )

/** What was asked for, in words. */
export const print = (text: string): void => {
  bar.hide()
  process.stdout.write(`${tame(text)}\n`)
}

/** Columns of a terminal: Hangul takes two. */
export const columns = (text: string): number =>
  text.length + (text.match(/[\u1100-\u115f\u3000-\u30ff\uac00-\ud7a3\uff01-\uff60]/g)?.length ?? 0)
export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - columns(text)))
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - columns(text))) + text

/** For people who watch: on standard error, so that standard output stays for what was asked. */
export const say = (text: string): void => {
  bar.hide()
  process.stderr.write(`${tame(text)}\n`)
}

/** For `openDataset`: says on how many photos' names a pattern for capture groups took too long. */
export const saySlowNames = (count: number): void => say(words('slowNames', { count }))

/** Names the pictures of a folder that are not read as photos, and the archives in it, which are not opened. */
export function sayLeftOut(dataset: Pick<Dataset, 'otherPictures' | 'archives'>): void {
  for (const leftOut of [otherPicturesLeftOut(dataset), archivesLeftOut(dataset)])
    if (leftOut) say(told(leftOut))
}
