import { safeName } from './filing/names.ts'

/** Code points that a name has at most: one can read it at a glance. */
const longest = 80
/** Bytes that are left for what an export puts behind: a certificate's ending is the longest. */
const room = 48

/** A name for a file from what a person called something: without what file systems and headers dislike. */
export function plainName(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-').trim()
  return safeName(Array.from(plain).slice(0, longest).join('') || 'thaw', room)
}
