import type { nextEn, whyEn } from './whatNext.en.ts'
import type { Messages } from './types.ts'

export const whyKo: Messages<typeof whyEn> = {
  title: '왜 {name}입니까?',
  noPhoto: '선택한 사진이 없습니다',
  noPhotoText: '사진을 하나 열고 그곳에서 예측의 이유를 확인하세요.',
  asking: '학습 사진을 살펴보는 중…',
  looking: '사진 {total}장 중 {done}장의 특징을 계산하는 중',
  flip: '학습 사진 한 장이 없으면 예측이 {name}[으로/로] 바뀝니다 | 학습 사진 {n}장 중 어느 한 장이 없어도 예측이 {name}[으로/로] 바뀝니다',
  noFlip: '혼자서 예측을 정하는 학습 사진은 없습니다. 어느 것을 빼도 {name}입니다',
  text: '가장 가까운 학습 사진 {n}장을 한 장씩 빼고 마지막 층을 다시 풀었습니다. 추정이 아니라 정확한 값입니다. 마지막 층만 다루며 그 아래 층은 그대로입니다.',
  leftOut: '제외한 사진',
  withAll: '모두 있을 때 {probability}',
  alike: '거리 {distance}',
  flipsTo: '{name}[으로/로] 바뀜',
  lessSure: '확신도 감소',
  surer: '확신도 증가',
  same: '그대로',
  others: '나머지 {n}장은 최대 {most}만큼 바꿉니다.',
  show: '모두 보기',
  choose: '{photo} 보기',
  lookAt: '이 사진을 확인하세요',
  itIs: '라벨: {name}',
  ownHead: '기록의 마지막 층',
  solvedHead: '같은 특징으로 푼 마지막 층',
  otherAnswer:
    '에폭 단위로 학습한 기록의 마지막 층은 여기에서 정확히 푼 마지막 층과 다르게 예측합니다. 아래 내용은 정확히 푼 쪽에 대한 것입니다.',
}

export const nextKo: Messages<typeof nextEn> = {
  curve: '학습 곡선',
  curveText:
    '학습 사진의 비율을 늘려 가며 마지막 층을 여러 번 학습하고 검증 사진으로 평가합니다. 사진을 더 모으면 도움이 될지 알 수 있습니다.',
  measure: '측정',
  measuring: '측정하는 중…',
  extrapolated: '추정값',
  trainingPhotos: '학습 사진',
  doubled: '이 추세라면 사진이 두 배인 {photos}장일 때 정확도가 약 {accuracy}입니다.',
  notDoubled: '이 곡선으로는 사진이 더 많을 때를 예상할 수 없습니다.',
  ofWhich: '어느 클래스의 사진이 더 필요합니까?',
  enough: '충분합니다. 어느 한 클래스의 사진을 더 모아도 거의 나아지지 않습니다.',
  gain: '최대 +{gain}%p, 마지막 {photos}장 기준',
  gainText: '클래스의 사진 일부를 빼고 측정했습니다. 사진을 더 모아도 그만큼 이상 나아지기는 어렵습니다.',
  label: '다음에 라벨을 붙일 사진',
  labelText:
    '라벨이 없는 사진이 {n}장 있습니다. 이 마지막 층이 가장 구별하지 못하는 사진이 가장 도움이 됩니다. | 라벨이 없는 사진이 {n}장 있습니다. 이 마지막 층이 가장 구별하지 못하는 사진이 가장 도움이 됩니다.',
  allLabelled: '데이터셋의 모든 사진에 라벨이 있습니다.',
  choose: '20장 선택',
  choosing: '선택하는 중…',
  moreToLabel: '다음 20장',
  spread: '우연의 영향',
  spreadText:
    '다른 폴드와 다른 추출로 마지막 층을 학습합니다. 정확도가 얼마나 달라지는지 보면 두 기록의 차이가 의미 있는지 알 수 있습니다.',
  folds: '폴드 {n}개 | 폴드 {n}개',
  seeds: '추출 {n}번 | 추출 {n}번',
}
