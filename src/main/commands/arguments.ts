import { InvalidArgumentError } from 'commander'

/** Reads a whole number within limits, for commander: what is none is wrong usage. */
export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value
    const limits = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`It has to be a whole number ${limits}.`)
  }
