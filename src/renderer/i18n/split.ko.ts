import type { splitEn } from './split.en.ts'

export const splitKo: Record<keyof typeof splitEn, string> = {
  title: '촬영 묶음과 데이터 구분',
  open: '촬영 묶음과 데이터 구분…',
  together: '함께 두는 사진',
  togetherText: '한 번에 찍은 사진은 한쪽에 둡니다. 그러지 않으면 학습에서 본 것이 검증에 나옵니다.',
  burst: '연속 촬영: 다음 사진까지 길어야',
  seconds: '초',
  folders: '위에서부터 같아야 하는 폴더 수 (0: 보지 않음)',
  pattern: '이름의 패턴',
  noPattern: '정규식이 아닙니다.',
  nearDuplicates: '거의 같은 사진',
  day: '같은 날 찍은 사진',
  camera: '같은 카메라로 찍은 사진',
  groups: '함께 둘 사진이 없습니다. | 묶음 1개, 사진 {photos}장. | 묶음 {count}개, 사진 {photos}장.',
  group: '이렇게 묶기',
  draw: '데이터 구분 새로 뽑기',
  drawText: '클래스마다 같은 비율로 나눕니다. 묶음은 나누지 않으며, 시드가 같으면 결과도 같습니다.',
  train: '사진의 {train}%[이/가] 학습에 남습니다.',
  nothing: '학습에 쓸 사진이 남지 않습니다.',
  drawNow: '데이터 구분 뽑기',
}
