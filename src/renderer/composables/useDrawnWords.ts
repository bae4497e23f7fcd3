import type { DrawnStep } from '../../shared/drawnStep.ts'
import type { Preparation } from '../../shared/preparation.ts'
import { useText } from '../i18n/index.ts'
import { useFormat } from './useFormat.ts'

interface Size {
  width: number
  height: number
}

/** What was drawn for a view, in a few words. */
export function useDrawnWords() {
  const { t } = useText()
  const { decimal } = useFormat()

  function wordsOf(step: DrawnStep, photo: Size, crop: number): string[] {
    switch (step.name) {
      case 'RandomResizedCrop': {
        const share = (step.width * step.height) / (photo.width * photo.height)
        return [t('augment.drawnCut', { share: decimal(share, 2) })]
      }
      case 'RandomHorizontalFlip':
        return [t('augment.drawnMirror')]
      case 'RandomVerticalFlip':
        return [t('augment.drawnUpsideDown')]
      case 'RandomRotation':
        return [t('augment.drawnTurn', { angle: decimal(step.angle, 0) })]
      case 'ColorJitter': {
        const factors = [
          ['augment.drawnBrightness', step.brightness_factor],
          ['augment.drawnContrast', step.contrast_factor],
          ['augment.drawnSaturation', step.saturation_factor],
          ['augment.drawnHue', step.hue_factor],
        ] as const
        return factors.flatMap(([key, factor]) =>
          factor === null ? [] : [t(key, { value: decimal(factor, 2) })],
        )
      }
      case 'RandomGrayscale':
        return [t('augment.drawnGrey')]
      case 'GaussianBlur':
        return [t('augment.drawnBlur', { sigma: decimal(step.sigma[0], 1) })]
      case 'RandomErasing':
        return [t('augment.drawnErase', { share: decimal((step.h * step.w) / crop ** 2, 2) })]
      case 'TrivialAugmentWide': {
        const digits = Number.isInteger(step.magnitude) ? 0 : 2
        const strength = step.magnitude === 0 ? '' : ` ${decimal(step.magnitude, digits)}`
        return [`${step.transform_id}${strength}`]
      }
    }
  }

  return (drawn: readonly DrawnStep[], photo: Size, { fit = 'crop', resize, crop }: Preparation): string => {
    // A photo that is squashed or padded is a square before anything is drawn.
    const from = fit === 'crop' ? photo : { width: Math.max(resize, crop), height: Math.max(resize, crop) }
    return drawn.flatMap((step) => wordsOf(step, from, crop)).join(' · ') || t('augment.drawnPlain')
  }
}
