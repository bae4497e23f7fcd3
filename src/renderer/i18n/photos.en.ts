export const photosEn = {
  title: 'Photos',
} as const
