import type { exchangeEn } from './exchange.en.ts'
import type { Messages } from './types.ts'

export const exchangeKo: Messages<typeof exchangeEn> = {
  fits: '클래스가 {count}개인 {network}입니다.',
  otherHead: '마지막 층만 다른 {network}입니다. 학습할 때 마지막 층을 새로 시작합니다.',
  near: '{network}에 가장 가깝습니다. 텐서 {missing}개가 없고, {unexpected}개는 예상에 없으며, {misshapen}개는 형태가 다릅니다.',
  fitsNone: '여기 있는 신경망이 아닙니다.',
  smallest: '최솟값',
  largest: '최댓값',
  mean: '평균',
  deviation: '표준 편차',
  zeros: '0의 개수',
  notFinite: '유한하지 않은 값',
  histogram: '{min}부터 {max}까지 값의 분포',
  values: '값',
  compare: '다른 파일과 비교…',
  comparedWith: '{file}[와/과] 비교',
  comparedText:
    '텐서 {changed}개가 다르고 {same}개는 비트까지 같습니다. 이 파일에만 {onlyA}개, 저 파일에만 {onlyB}개 있고 {misshapen}개는 형태가 다릅니다.',
  moved: '변화량',
  movedText: '텐서 자체의 크기에 대한 변화의 크기입니다. 가장 많이 변한 것부터 보여 줍니다.',
  yourFiles: '내 가중치 파일',
  answering: '답하는 가중치 파일',
  about: 'SHA-256과 출처',
  classes: '클래스',
  preparation: '전처리',
  fromRun: '학습 이름',
  fromPhotos: '학습한 사진',
  fromStart: '시작 가중치',
  calibration: '답의 확실성',
  calibrationText: '사진 {count}장으로 측정',
  dropHere: '가중치 파일을 여기에 끌어다 놓을 수 있습니다.',
}
