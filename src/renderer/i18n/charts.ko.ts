import type { Messages } from './types.ts'
import type { chartsEn } from './charts.en.ts'

export const chartsKo: Messages<typeof chartsEn> = {
  tools: '이 그래프',
  logarithmic: '로그 눈금',
  smoothing: '평활',
  whole: '전체 에폭 보기',
  csv: 'CSV로 저장',
  asTable: '표로 보기',
  png: 'PNG로 저장',
  howTo: '끌어서 한 부분을 확대합니다. Ctrl과 휠로도 확대됩니다.',
  best: '최고',
  bestText: '최고 에폭: {epoch}',
  plan: '계획',
  planText: '에폭 {epoch}부터 다른 계획',
  paused: '일시 정지',
  pausedText: '에폭 {epoch}에서 일시 정지',
  resumed: '계속',
  resumedText: '{time} 뒤 에폭 {epoch}에서 계속',
  againText: '에폭 {epoch}부터 이어서 학습',
  fork: '갈래',
  kept: '체크포인트',
  keptText: '보관된 체크포인트: 에폭 {epoch}',
  stopped: '중지',
  stoppedText: '에폭 {epoch}에서 중지',
  markers: '표시',
  rates: '그룹별 학습률',
}
