import { errorTexts, fillText } from '../../shared/errors.ts'
import type { ErrorCode, ErrorParameters } from '../../shared/errors.ts'
import { withParticles } from '../../shared/korean.ts'
import { tellError } from '../../shared/tellError.ts'
import { spoken } from './language.ts'

/** What the command line says while it works, by key; Korean beside it. Errors have a table of their own (shared/errors.ts). */
const english = {
  score: '{correct} of {total} right, {accuracy} (95%: {low}–{high}), loss {loss}',
  parameters: 'Of {total} parameters {learns} learn:',
  group: '  {name}: learning rate {rate}, {count} parameters',
  threads: '{count} threads',
  mode: 'the mode “{mode}”',
  started: '{train} photos to train with, {val} to validate, on {device} with {how}.',
  evaluating: 'Evaluating before training …',
  goesOn: 'It goes on in epoch {epoch} after batch {batch}.',
  batch: 'of epoch {epoch} of {epochs}, loss {loss}, {speed} photos/s, {left} left',
  before: 'Before training: {score}',
  epoch: 'Epoch {epoch}: {score}',
  stopped: 'Stopped. A checkpoint was written; “thaw resume” goes on from there.',
  stoppedEarly: 'Stopped early: it did not become better any more.',
  best: 'Best was epoch {epoch}: {score}.',
  saved: 'Saved in {folder}',
  stopping: 'Stopping after this batch …',
  lookedAt: 'of {total} photos looked at',
  leftOut: 'Left out: {message}',
  compared: '{changed} tensors differ, {same} are the same to the bit.',
  layersMoved: 'Layers that moved most:',
  tensorsMoved: 'Tensors that moved most, their largest step, and how many of their values changed:',
  classesOf: 'Classes: {classes}',
  fromRun: 'From the run “{name}” of {created} ({run})',
  fromPhotos: 'learnt from {count} photos, list’s SHA-256 {sha256}',
  fromStart: 'begun with {network}, SHA-256 {sha256}',
  calibrated: 'Brings along how sure its answers are, measured on {count} photos.',
  accuracy: '{correct} of {total} right: {accuracy} (95%: {low}–{high}).',
  losses:
    'Loss {loss}, Brier score {brier}, calibration error {error} ({scaled} at temperature {temperature}, cross-fitted).',
  computesWith: 'Computes with {backend} on {device}, {how}.',
  cannotCompute: 'Nothing here can compute.',
  memory: 'Memory: {available} of {total} GB free.',
  starter: 'Starter weights: {path}',
  missing: 'missing',
  datasetCounts: '{train} + {val} photos, {classes} classes',
  folderGone: 'The folder is not there.',
  noDatasets: 'There are no datasets yet.',
  noRuns: 'There are no runs yet.',
  written: 'Written to {file}, {bytes} bytes.',
  findings: '{count} findings in {photos} photos.',
  features: '{photos} photos × {columns} features, {computed} of them computed now: {file}',
  filedAlready: '{count} photos in “{folder}” are filed already and stay there.',
  takesSpace: 'This takes {needs} MB; {free} MB are free.',
  targetInside: 'The target lies in “{folder}”, where the photos come from: there they are found again.',
  filed: '{done} of {total} photos are filed. Taken back by: thaw undo {id}',
  nothingDone: 'Nothing has been done. Carried out by: thaw file {id}',
  nothingFiled: 'No photos have been filed yet.',
  takenBack: '{count} acts are taken back.',
  undone: 'taken back: {act}',
  nameTaken: '{act} (the name was taken)',
  will_copy: 'copy: {what}',
  did_copy: 'copied: {what}',
  will_move: 'move: {what}',
  did_move: 'moved: {what}',
  will_link: 'link: {what}',
  did_link: 'linked: {what}',
  will_keywords: 'tag: {what}',
  did_keywords: 'tagged: {what}',
  'will_set-aside': 'set aside: {what}',
  'did_set-aside': 'set aside: {what}',
  ofPhotos: 'of {total} photos',
  ofFolds: 'of {total} folds',
  checked: 'checked',
  drawn: 'Drawn into {folder}: {train} photos to train with, {val} to validate.',
  sharedPhotos: '{total} validation photos that all of them have; {differing} answered differently.',
  runScore: '{name}: {correct} of {total}, {accuracy} (95%: {low}–{high})',
  runPair: '{a} and {b}: only the first right on {onlyA}, only the second on {onlyB}; p = {p}',
  corrected: ', corrected for {pairs} pairs',
  parametersOf: '{network}: {total} parameters.',
} as const

export const koreanWords: Record<keyof typeof english, string> = {
  score: '{total}장 중 {correct}장 정답, {accuracy} (95%: {low}~{high}), 손실 {loss}',
  parameters: '파라미터 {total}개 중 {learns}개를 학습합니다:',
  group: '  {name}: 학습률 {rate}, 파라미터 {count}개',
  threads: '스레드 {count}개',
  mode: '“{mode}” 방식',
  started: '학습 사진 {train}장, 검증 사진 {val}장. {device}, {how}[으로/로] 계산합니다.',
  evaluating: '학습 전 평가 중…',
  goesOn: '에폭 {epoch}의 배치 {batch} 다음부터 이어서 학습합니다.',
  batch: '에폭 {epoch}/{epochs}, 손실 {loss}, {speed}장/초, {left} 남음',
  before: '학습 전: {score}',
  epoch: '에폭 {epoch}: {score}',
  stopped: '중지했습니다. 체크포인트를 저장했으며 “thaw resume” 명령으로 이어서 학습할 수 있습니다.',
  stoppedEarly: '더 나아지지 않아 조기 종료했습니다.',
  best: '최고 에폭 {epoch}: {score}.',
  saved: '저장 위치: {folder}',
  stopping: '이 배치를 마치고 중지합니다…',
  lookedAt: '사진 {total}장 중 확인함',
  leftOut: '제외: {message}',
  compared: '텐서 {changed}개가 다르고 {same}개는 비트까지 같습니다.',
  layersMoved: '가장 많이 변한 층:',
  tensorsMoved: '가장 많이 변한 텐서, 가장 큰 변화, 변한 값의 수:',
  classesOf: '클래스: {classes}',
  fromRun: '{created}의 학습 “{name}”에서 만든 파일({run})',
  fromPhotos: '사진 {count}장으로 학습, 목록의 SHA-256 {sha256}',
  fromStart: '시작 가중치 {network}, SHA-256 {sha256}',
  calibrated: '사진 {count}장으로 잰 답의 확실성이 함께 들어 있습니다.',
  accuracy: '{total}장 중 {correct}장 정답: {accuracy} (95%: {low}~{high}).',
  losses:
    '손실 {loss}, 브라이어 점수 {brier}, 보정 오차 {error} (온도 {temperature}에서 {scaled}, 교차 적합).',
  computesWith: '{device}에서 {backend}[으로/로] 계산합니다({how}).',
  cannotCompute: '계산할 수 있는 것이 없습니다.',
  memory: '메모리: {total}GB 중 {available}GB 사용 가능.',
  starter: '포함된 가중치: {path}',
  missing: '없음',
  datasetCounts: '사진 {train}장 + {val}장, 클래스 {classes}개',
  folderGone: '폴더가 없습니다.',
  noDatasets: '아직 데이터셋이 없습니다.',
  noRuns: '아직 기록이 없습니다.',
  written: '{file}에 {bytes}바이트를 저장했습니다.',
  findings: '사진 {photos}장에서 점검 결과 {count}개.',
  features: '사진 {photos}장 × 특징 {columns}개, 그중 {computed}장을 지금 계산: {file}',
  filedAlready: '“{folder}”의 사진 {count}장은 이미 정리되어 그대로 둡니다.',
  takesSpace: '{needs}MB가 필요하고 {free}MB가 남아 있습니다.',
  targetInside: '대상 폴더가 사진이 있는 “{folder}” 안에 있어, 정리한 사진이 거기서 다시 나옵니다.',
  filed: '사진 {total}장 중 {done}장을 정리했습니다. 되돌리려면: thaw undo {id}',
  nothingDone: '아직 아무 일도 하지 않았습니다. 실행하려면: thaw file {id}',
  nothingFiled: '아직 정리한 사진이 없습니다.',
  takenBack: '{count}개를 되돌렸습니다.',
  undone: '되돌림: {act}',
  nameTaken: '{act} (이름이 겹침)',
  will_copy: '복사 예정: {what}',
  did_copy: '복사함: {what}',
  will_move: '이동 예정: {what}',
  did_move: '이동함: {what}',
  will_link: '링크 예정: {what}',
  did_link: '링크함: {what}',
  will_keywords: '키워드 예정: {what}',
  did_keywords: '키워드를 씀: {what}',
  'will_set-aside': '보관 예정: {what}',
  'did_set-aside': '보관함: {what}',
  ofPhotos: '사진 {total}장 중',
  ofFolds: '폴드 {total}개 중',
  checked: '점검함',
  drawn: '{folder}에 그렸습니다: 학습 사진 {train}장, 검증 사진 {val}장.',
  sharedPhotos: '모두에 있는 검증 사진 {total}장, 그중 답이 다른 사진 {differing}장.',
  runScore: '{name}: {total}장 중 {correct}장, {accuracy} (95%: {low}~{high})',
  runPair: '{a} / {b}: 첫째만 맞힌 사진 {onlyA}장, 둘째만 {onlyB}장. p = {p}',
  corrected: ', {pairs}쌍에 대해 보정',
  parametersOf: '{network}: 파라미터 {total}개.',
}

/** A sentence in the language of the command line. */
export function words(
  key: keyof typeof english,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  const isKorean = spoken() === 'ko'
  const text = fillText((isKorean ? koreanWords : english)[key], parameters)
  return isKorean ? withParticles(text) : text
}

/** Accuracy with its interval: “147 of 153 right: 0.961 (95%: 0.917–0.982).” */
export const accuracyText = ({
  correct,
  total,
  accuracy,
  interval,
}: {
  correct: number
  total: number
  accuracy: number
  interval: readonly [number, number]
}): string => {
  const [low, high] = interval.map((it) => it.toFixed(3)) as [string, string]
  return words('accuracy', { correct, total, accuracy: accuracy.toFixed(3), low, high })
}

/** What happened to one photo or file, in the language of the command line; as it was recorded where its code is not known here. */
export const told = (failure: { code: string; message: string; parameters: ErrorParameters }): string =>
  Object.hasOwn(errorTexts, failure.code)
    ? tellError({ code: failure.code as ErrorCode, parameters: { ...failure.parameters } }, spoken()).message
    : failure.message
