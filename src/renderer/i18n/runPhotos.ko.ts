import type { runPhotosEn } from './runPhotos.en.ts'
import type { Messages } from './types.ts'

export const runPhotosKo: Messages<typeof runPhotosEn> = {
  look: '사진 보기',
  looking: '사진 {total}장 중 {done}장을 예측하는 중',
  surest: '확신한 오답',
  unsure: '가장 애매한 사진',
  all: '전체',
  galleries: '사진 모음',
  cell: '{truth} → {said}: {n}장',
  count: '{n}장 | {n}장',
  none: '사진이 없습니다.',
  first: '처음 {most}장을 표시합니다.',
  relabel: '라벨: {name}',
  leaveOut: '제외',
  undo: '마지막 변경 되돌리기',
  undone: '되돌렸습니다. 라벨이 이전과 같습니다.',
  retrain: '마지막 층 다시 학습',
  decided:
    '사진 {n}장을 변경했습니다. 마지막 층을 다시 학습하면 무엇이 달라지는지 볼 수 있습니다. | 사진 {n}장을 변경했습니다. 마지막 층을 다시 학습하면 무엇이 달라지는지 볼 수 있습니다.',
  unknown: '사진 폴더가 더는 데이터셋에 없어 여기에서 라벨을 바꿀 수 없습니다.',
  before: '이전(지금 라벨 기준)',
  after: '이후',
  flips: '사진 {n}장의 답이 달라졌습니다 | 사진 {n}장의 답이 달라졌습니다',
  flipped: '달라짐',
  noFlips: '모든 사진의 답이 이전과 같습니다.',
  optimism:
    '틀린 사진만 고치면 두 수치 모두 새 사진에서보다 좋아 보입니다. 시험 데이터가 더 정확하게 알려 줍니다.',
  open: '새 기록 열기',
  openCell: '사진 {n}장: {truth} → {said}',
}
