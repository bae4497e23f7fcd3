/** A name for a file from what a person called something: without what file systems and headers dislike. */
export const plainName = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')
    .trim()
    .slice(0, 80) || 'thaw'
