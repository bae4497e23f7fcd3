export const settingsEn = {
  title: 'Settings',
} as const
