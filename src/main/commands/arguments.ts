import { existsSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import { isMisnamed } from '../engine/files.ts'

/** Reads a whole number within limits, for commander: what is none is wrong usage. */
export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value
    const limits = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`It has to be a whole number ${limits}.`)
  }

/** A number with a fraction, for commander. @param none a word that may be said instead; commander makes an empty text of null */
export const numberBetween =
  <N extends string = never>(least: number, most: number, none?: N) =>
  (text: string): number | N => {
    if (none !== undefined && text === none) return none
    const value = Number(text)
    if (/^\d*\.?\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(
      `It has to be a number from ${least} to ${most}${none === undefined ? '' : `, or “${none}”`}.`,
    )
  }

/**
 * A path for commander. An empty one comes of a variable that is not set, and would mean the folder one stands in; of one that is not
 * UTF-8, Node hands over another name, under which nothing must be made.
 * @throws ThawError path.misnamed
 */
export function filePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.')
  if (isMisnamed(text) && !existsSync(text)) throw new ThawError('path.misnamed', { file: text })
  return text
}

/** Paths for commander, which hands them over one by one. */
export const filePaths = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  filePath(text),
]
