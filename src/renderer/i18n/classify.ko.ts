import type { classifyEn } from './classify.en.ts'
import type { Messages } from './types.ts'

export const classifyKo: Messages<typeof classifyEn> = {
  title: '분류',
}
