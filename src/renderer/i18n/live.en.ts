export const liveEn = {
  title: '',
} as const
