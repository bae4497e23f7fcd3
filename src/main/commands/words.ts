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
  classesOf: 'Classes: {classes}',
  fromRun: 'From the run “{name}” of {created} ({run})',
  fromPhotos: 'learnt from {count} photos, list’s SHA-256 {sha256}',
  fromStart: 'begun with {network}, SHA-256 {sha256}',
  calibrated: 'Brings along how sure its answers are, measured on {count} photos.',
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
  classesOf: '클래스: {classes}',
  fromRun: '{created}의 학습 “{name}”에서 만든 파일({run})',
  fromPhotos: '사진 {count}장으로 학습, 목록의 SHA-256 {sha256}',
  fromStart: '시작 가중치 {network}, SHA-256 {sha256}',
  calibrated: '사진 {count}장으로 잰 답의 확실성이 함께 들어 있습니다.',
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

/** What happened to one photo or file, in the language of the command line; as it was recorded where its code is not known here. */
export const told = (failure: { code: string; message: string; parameters: ErrorParameters }): string =>
  Object.hasOwn(errorTexts, failure.code)
    ? tellError({ code: failure.code as ErrorCode, parameters: { ...failure.parameters } }, spoken()).message
    : failure.message
