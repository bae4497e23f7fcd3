import { ThawError } from '../../../shared/errors.ts'
import { safeName } from './names.ts'

/** What a pattern may stand for. */
export interface PatternValues {
  class: string
  /** The group of classes it belongs to, or the class itself. */
  group: string
  /** The day it was taken, `2026-11-25`. */
  date: string
  /** The photo's own name, with its extension. */
  name: string
}

const places = ['class', 'group', 'date', 'name'] as const

/**
 * Checks a pattern such as `{class}/{date}/{name}`: parts of folders' names and, last, the photo's.
 * @throws ThawError filing.pattern-place, filing.pattern-path, filing.pattern-name
 */
export function requirePattern(pattern: string): void {
  const unknown = [...pattern.matchAll(/\{([^{}]*)\}/g)].find(([, name]) => !places.some((it) => it === name))
  if (unknown) throw new ThawError('filing.pattern-place', { pattern, place: unknown[0] })
  const parts = pattern.split('/')
  const isBelow = parts.every((part) => !['', '.', '..'].includes(part))
  if (!isBelow || /^[a-z]:/i.test(pattern) || pattern.includes('\\'))
    throw new ThawError('filing.pattern-path', { pattern })
  if (!parts.at(-1)!.includes('{name}')) throw new ThawError('filing.pattern-name', { pattern })
}

/**
 * The path below the target folder that a pattern gives a photo, with `/`. Every part is a name that all systems take, whatever
 * the class or the photo is called.
 */
export function fillPattern(pattern: string, values: PatternValues): string {
  const fill = (part: string) =>
    part.replace(/\{(\w+)\}/g, (all, name: string) =>
      places.some((it) => it === name) ? values[name as keyof PatternValues] : all,
    )
  return pattern
    .split('/')
    .map((part) => safeName(fill(part)))
    .join('/')
}
