import type { modelsEn } from './models.en.ts'
import type { Messages } from './types.ts'

export const modelsKo: Messages<typeof modelsEn> = {
  title: '모델',
}
