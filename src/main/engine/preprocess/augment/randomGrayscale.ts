import { greyOf } from '../pillow/grey.ts'
import { happens } from './kind.ts'
import type { Kind } from './kind.ts'

export const randomGrayscale: Kind<'RandomGrayscale'> = {
  draw: ({ p }, random) => (happens(random, p) ? { name: 'RandomGrayscale' } : undefined),
  apply: (picture) => ({ ...picture, data: greyOf(picture) }),
}
