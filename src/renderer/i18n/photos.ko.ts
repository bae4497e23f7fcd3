import type { photosEn } from './photos.en.ts'
import type { Messages } from './types.ts'

export const photosKo: Messages<typeof photosEn> = {
  title: '사진',
}
