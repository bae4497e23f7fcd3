/** What each place of a photo spoke for a class. */
export const gradCamEn = {
  photo: 'Photo',
  view: 'Photo or Grad-CAM',
  about: 'for',
  layer: 'layer',
  opacity: 'opacity',
  looking: 'Looking…',
  text: 'The warmer a place, the more this layer’s output there spoke for the class. What is dimmed the network did not see.',
  nothing: 'Nothing that this layer saw spoke for the class.',
} as const
