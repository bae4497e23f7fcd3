import type { settingsEn } from './settings.en.ts'
import type { Messages } from './types.ts'

export const settingsKo: Messages<typeof settingsEn> = {
  title: '설정',
}
