import type { liveEn } from './live.en.ts'
import type { Messages } from './types.ts'

export const liveKo: Messages<typeof liveEn> = {
  title: '',
}
