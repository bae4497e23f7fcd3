import type { forkEn } from './fork.en.ts'
import type { Messages } from './types.ts'

export const forkKo: Messages<typeof forkEn> = {
  logForked: '“{name}”에서 에폭 {epoch} 다음에 만든 갈래입니다. 텐서 {tensors}개의 바이트가 모두 같습니다.',
  fork: '여기서 갈래 만들기',
  forkTitle: '보관된 에폭에서 갈래 만들기',
  forkText:
    '그 에폭이 끝날 때까지는 바이트까지 모두 같으며, 그 에폭의 동결 확인서가 이를 증명합니다. 변경한 내용은 다음 에폭부터 적용됩니다.',
  atEpoch: '갈래를 만들 에폭',
  planFromHere: '다음 에폭부터의 계획',
  samePlan: '그대로',
  epochsInAll: '전체 에폭',
  forkName: '새 기록의 이름',
  forkAct: '갈래 학습 시작',
  noneKept: '이 기록에는 이어 갈 수 있는 에폭이 보관되어 있지 않습니다.',
  continueFrom: '이어서 더 학습',
  again: '설정을 변경해 다시 학습',
  partedFrom: '“{name}”에서 에폭 {epoch} 다음에 만든 갈래',
  compareWith: '두 기록 비교',
  stopAfter: '이번 에폭 후 중지',
  stopsAfter: '이번 에폭이 끝나면 중지합니다',
  dontStop: '중지하지 않기',
  changePlan: '계획 변경',
  changeTitle: '다음 에폭부터 적용할 계획',
  changeText: '다음 에폭부터 새 단계가 시작됩니다. run.json과 로그에 기록됩니다.',
  ratesTimes: '학습률 × {factor}',
  ratesAsIs: '학습률 그대로',
  rates: '학습률',
  changed: '에폭 {epoch}부터 새 계획이 적용됩니다.',
  changeAct: '변경',
}
