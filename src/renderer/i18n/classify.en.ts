export const classifyEn = {
  title: 'Classify',
} as const
