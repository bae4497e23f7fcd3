import type { runsEn } from './runs.en.ts'
import type { Messages } from './types.ts'

export const runsKo: Messages<typeof runsEn> = {
  title: '기록',
}
