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
  moved: '{layer}: {relative} of its start (L2 {moved})',
  melted: 'With what was learnt: {correct} of {total} right. {flips} photos are answered otherwise.',
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
  targetInside:
    'The target lies in “{folder}”, where the photos come from: classified once more, it gives them again.',
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
  will_untag: 'take off: {what}',
  did_untag: 'taken off: {what}',
  will_keywords: 'tag: {what}',
  did_keywords: 'tagged: {what}',
  listWritten: '{file} names {total} photos.',
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
  planDiffers: 'plan, {node}: {rates}',
  wholeNetwork: 'whole network',
  stoppingNow: 'Stopping …',
  stoppingDownload: 'Stopping; what has arrived is kept …',
  class: 'class',
  precision: 'precision',
  recall: 'recall',
  photos: 'photos',
  packUnsupported: 'There is no GPU pack for this platform.',
  packInstalled: 'The GPU pack is installed (TensorFlow {tensorflow}, cuDNN {cudnn}, {bytes} GB).',
  packRenewal: '“thaw gpu install” brings a newer one.',
  packAbsent: 'The GPU pack is not installed ({download} GB to fetch, {needed} GB on the disk).',
  packArriving:
    'The GPU pack is not installed ({download} GB to fetch, of which {received} GB have arrived, {needed} GB on the disk).',
  packLooking: 'of {total} GB, asking pip for addresses {name}',
  packDownloading: 'of {total} GB, downloading {name}',
  packUnpacking: 'of {total} GB, unpacking {name}',
  noCard: 'No NVIDIA card was found.',
  card: '{name}, {memory} MiB, driver {driver}',
  cardsOff: 'Graphics cards are switched off.',
  cardsOn: 'A graphics card computes in the mode “{mode}”.',
  drawingMaterial: 'Drawing photos and weights …',
  measured: '{work} {speed} photos/s {seconds} s {peak} MiB',
  weightFile: '{file}: {format}, {count} tensors',
  fitsNone: 'It is none of the networks here.',
  fitsClasses: 'It is {network} with {classes} classes.',
  fitsBody: 'It is {network} but for its last layer; a training starts a new one.',
  fitsNearly:
    'It comes nearest to {network}. Tensors that are missing: {missing}, unexpected: {unexpected}, of another shape: {misshapen}.',
  exportUnchecked: 'The photos of the run are not there any more: nothing could be compared.',
  exportAnswers:
    'With {runtime} it answers {photos} photos with logits that differ by at most {difference}; {changed} answers changed.',
  exportReadBack:
    'Read back, it answers {photos} photos with logits that differ by at most {difference}; {changed} answers changed.',
  exportPixels: 'From equal pixels they differ by at most {difference}; the rest comes from resizing.',
  exportFiles: 'From {photos} photo files that {decoder} decoded they differ by at most {difference}.',
  exportLeftOut:
    '{photos} photo files are left out of that: each program reads CMYK, 16 bits and rarer formats in its own way. Of 16-bit grey Pillow clips, Thaw keeps the upper 8 bits.',
  exportGood: 'The largest logit is {logit}. A certificate lies beside the file.',
  exportBad: 'From equal pixels they differ by more than 0.001: do not rely on this file.',
  servesNames: 'Thaw also answers under {names}. Whoever passes requests on to it decides who reaches it.',
  servesNetwork:
    'Thaw listens to other machines too ({host}). Whoever reaches this one and gets hold of an address or the key can do what you ' +
    'can: read your photos and folders, train, delete runs. Nothing is encrypted on the way, so the network must be one you trust.\n' +
    'Safer: leave --host out, and open a tunnel on the other machine: ssh -L 8479:127.0.0.1:PORT YOU@THIS-MACHINE',
  finding_unreadable: 'unreadable',
  finding_truncated: 'truncated',
  'finding_wrong-extension': 'wrong-extension',
  finding_tiny: 'tiny',
  'finding_extreme-aspect': 'extreme-aspect',
  finding_blurred: 'blurred',
  finding_dark: 'dark',
  finding_bright: 'bright',
  finding_duplicate: 'duplicate',
  'finding_near-duplicate': 'near-duplicate',
  finding_leak: 'leak',
  'finding_two-classes': 'two-classes',
  finding_outlier: 'outlier',
  'finding_likely-mislabel': 'likely-mislabel',
  'finding_similar-class-names': 'similar-class-names',
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
  lookedAt: '(사진 {total}장 확인 중)',
  leftOut: '제외: {message}',
  compared: '텐서 {changed}개가 다르고 {same}개는 비트까지 같습니다.',
  moved: '{layer}: 시작의 {relative} (L2 {moved})',
  melted: '학습한 가중치로는 {total}장 중 {correct}장 맞음. 예측이 다른 사진은 {flips}장입니다.',
  layersMoved: '가장 많이 변한 층:',
  tensorsMoved: '가장 많이 변한 텐서, 가장 큰 변화, 변한 값의 수:',
  classesOf: '클래스: {classes}',
  fromRun: '{created}의 학습 “{name}”에서 만든 파일({run})',
  fromPhotos: '사진 {count}장으로 학습, 목록의 SHA-256 {sha256}',
  fromStart: '시작 가중치 {network}, SHA-256 {sha256}',
  calibrated: '사진 {count}장으로 측정한 확신도 보정이 함께 들어 있습니다.',
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
  targetInside:
    '대상 폴더가 사진이 있는 “{folder}” 안에 있어, 폴더를 다시 분류하면 정리한 사진도 다시 나옵니다.',
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
  will_untag: '키워드 삭제 예정: {what}',
  did_untag: '키워드를 삭제함: {what}',
  will_keywords: '키워드 예정: {what}',
  did_keywords: '키워드를 씀: {what}',
  listWritten: '{file}에 사진 {total}장을 적었습니다.',
  'will_set-aside': '보관 예정: {what}',
  'did_set-aside': '보관함: {what}',
  ofPhotos: '(사진 {total}장)',
  ofFolds: '(폴드 {total}개)',
  checked: '점검함',
  drawn: '{folder}에 그렸습니다: 학습 사진 {train}장, 검증 사진 {val}장.',
  sharedPhotos: '모두에 있는 검증 사진 {total}장, 그중 예측이 다른 사진 {differing}장.',
  runScore: '{name}: {total}장 중 {correct}장, {accuracy} (95%: {low}~{high})',
  runPair: '{a} / {b}: 첫째만 맞힌 사진 {onlyA}장, 둘째만 {onlyB}장. p = {p}',
  corrected: ', {pairs}쌍에 대해 보정',
  parametersOf: '{network}: 파라미터 {total}개.',
  planDiffers: '계획, {node}: {rates}',
  wholeNetwork: '신경망 전체',
  stoppingNow: '중지하는 중…',
  stoppingDownload: '중지하는 중입니다. 다운로드한 만큼은 보관합니다…',
  class: '클래스',
  precision: '정밀도',
  recall: '재현율',
  photos: '사진',
  packUnsupported: '이 플랫폼에서 사용할 수 있는 GPU 팩이 없습니다.',
  packInstalled: 'GPU 팩이 설치되어 있습니다(TensorFlow {tensorflow}, cuDNN {cudnn}, {bytes}GB).',
  packRenewal: '“thaw gpu install” 명령으로 새 버전을 설치할 수 있습니다.',
  packAbsent: 'GPU 팩이 설치되어 있지 않습니다(다운로드 {download}GB, 디스크 {needed}GB).',
  packArriving:
    'GPU 팩이 설치되어 있지 않습니다(다운로드 {download}GB 중 {received}GB 완료, 디스크 {needed}GB).',
  packLooking: '(전체 {total}GB) pip로 주소를 찾는 중: {name}',
  packDownloading: '(전체 {total}GB) 다운로드 중: {name}',
  packUnpacking: '(전체 {total}GB) 압축을 푸는 중: {name}',
  noCard: 'NVIDIA 그래픽 카드가 없습니다.',
  card: '{name}, {memory}MiB, 드라이버 {driver}',
  cardsOff: '그래픽 카드를 사용하지 않습니다.',
  cardsOn: '그래픽 카드가 “{mode}” 방식으로 계산합니다.',
  drawingMaterial: '사진과 가중치를 만드는 중…',
  measured: '{work} 사진 {speed}장/초 {seconds}초 {peak}MiB',
  weightFile: '{file}: {format}, 텐서 {count}개',
  fitsNone: 'Thaw에 있는 신경망의 가중치가 아닙니다.',
  fitsClasses: '클래스 {classes}개로 분류하는 {network}입니다.',
  fitsBody: '마지막 층을 제외하면 {network}입니다. 학습할 때 마지막 층을 새로 만듭니다.',
  fitsNearly:
    '{network}[과/와] 가장 비슷합니다. 텐서 {missing}개가 없고, {unexpected}개가 남으며, {misshapen}개는 형태가 다릅니다.',
  exportUnchecked: '기록의 사진이 없어 비교하지 못했습니다.',
  exportAnswers:
    '{runtime}[으로/로] 사진 {photos}장을 예측한 로짓의 차이는 최대 {difference}이며, 바뀐 예측은 {changed}개입니다.',
  exportReadBack:
    '파일을 다시 읽어 사진 {photos}장을 예측한 로짓의 차이는 최대 {difference}이며, 바뀐 예측은 {changed}개입니다.',
  exportPixels: '같은 픽셀을 넣으면 차이는 최대 {difference}입니다. 나머지는 크기 조정에서 생깁니다.',
  exportFiles: '사진 파일 {photos}개를 {decoder}[이/가] 디코딩했을 때 차이는 최대 {difference}입니다.',
  exportLeftOut:
    '여기에 사진 파일 {photos}개는 들어 있지 않습니다. CMYK, 16비트, 드문 형식은 프로그램마다 다르게 읽습니다. 16비트 회색조에서 Pillow는 값을 자르고 Thaw는 위 8비트를 씁니다.',
  exportGood: '가장 큰 로짓은 {logit}입니다. 파일 옆에 확인서를 저장했습니다.',
  exportBad: '같은 픽셀을 넣어도 차이가 0.001보다 큽니다. 이 파일을 사용하지 마세요.',
  servesNames:
    '{names}[으로/로]도 접속할 수 있습니다. 누가 접속할 수 있는지는 요청을 넘겨주는 쪽에서 정합니다.',
  servesNetwork:
    '다른 컴퓨터에서도 Thaw에 접속할 수 있습니다({host}). 이 컴퓨터에 연결하고 주소나 키를 얻은 사람은 사진과 폴더 읽기, 학습, ' +
    '기록 삭제 등 모든 일을 할 수 있습니다. 통신은 암호화되지 않으므로 신뢰할 수 있는 네트워크에서만 사용하세요.\n' +
    '--host를 빼고, 다른 컴퓨터에서 터널을 여는 편이 더 안전합니다: ssh -L 8479:127.0.0.1:포트 사용자@이-컴퓨터',
  finding_unreadable: '읽을 수 없음',
  finding_truncated: '끝이 잘림',
  'finding_wrong-extension': '확장자 다름',
  finding_tiny: '너무 작음',
  'finding_extreme-aspect': '극단적 비율',
  finding_blurred: '흐림',
  finding_dark: '어두움',
  finding_bright: '밝음',
  finding_duplicate: '같은 사진',
  'finding_near-duplicate': '거의 같은 사진',
  finding_leak: '두 부분에 걸침',
  'finding_two-classes': '두 클래스에 있음',
  finding_outlier: '동떨어진 사진',
  'finding_likely-mislabel': '라벨이 틀린 듯함',
  'finding_similar-class-names': '비슷한 클래스 이름',
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
export const told = (failure: {
  code: string
  message: string
  parameters?: ErrorParameters | undefined
}): string =>
  Object.hasOwn(errorTexts, failure.code)
    ? tellError({ code: failure.code as ErrorCode, parameters: { ...failure.parameters } }, spoken()).message
    : failure.message
