import type { ErrorCode } from '../../shared/errors.ts'
import type { Language } from '../../shared/language.ts'

/** What to do where a failure is shown in the window: the same as on the command line names options of commands there. */
const adviceEn = {
  'weights.no-network': 'Look inside it on the Models page.',
  'weights.none': 'Choose a weight file, or download them on the Models page.',
  'plan.unknown-node': 'Did you mean {suggestions}? The step “Layers” shows all.',
  'run.missing': 'The page “Runs” shows what is there, and what lies in the trash.',
  'run.other-machine': 'Go on with it on that machine, or train it again here with the same settings.',
  'run.answers-not-finite': 'Take another run or weight file.',
  'doctor.no-starter-weights': 'Download weights on the Models page, or choose a file of your own.',
  'filing.missing': 'The list of filings shows what is there.',
} satisfies Partial<Record<ErrorCode, string>>

const adviceKo: Record<keyof typeof adviceEn, string> = {
  'weights.no-network': '모델 화면에서 내용을 확인하세요.',
  'weights.none': '가중치 파일을 선택하거나 모델 화면에서 다운로드하세요.',
  'plan.unknown-node': '비슷한 이름: {suggestions}. “층” 단계가 모두 보여 줍니다.',
  'run.missing': '기록 화면에서 남아 있는 기록과 휴지통을 확인하세요.',
  'run.other-machine': '그 컴퓨터에서 이어서 학습하거나 여기서 같은 설정으로 다시 학습하세요.',
  'run.answers-not-finite': '다른 기록이나 가중치 파일을 쓰세요.',
  'doctor.no-starter-weights': '모델 화면에서 가중치를 다운로드하거나 가지고 있는 파일을 선택하세요.',
  'filing.missing': '“이전 정리”에서 있는 것을 확인하세요.',
}

/** What only commands and programs can run into. */
export const outsideWindow: readonly ErrorCode[] = ['usage', 'serve.port', 'serve.none', 'api.no-key']

/** The advice that stands in the window in place of the command line's. */
export const windowAdvice: Readonly<Record<Language, Partial<Record<ErrorCode, string>>>> = {
  en: adviceEn,
  ko: adviceKo,
}
