import type { gradCamEn } from './gradCam.en.ts'
import type { Messages } from './types.ts'

export const gradCamKo: Messages<typeof gradCamEn> = {
  photo: '사진',
  view: '사진 또는 Grad-CAM',
  about: '클래스',
  layer: '층',
  opacity: '불투명도',
  looking: '계산하는 중…',
  text: '색이 따뜻할수록 이 층의 출력이 해당 클래스를 강하게 뒷받침합니다. 어둡게 표시된 부분은 신경망이 보지 않습니다.',
  nothing: '이 층에는 해당 클래스를 뒷받침하는 부분이 없습니다.',
}
