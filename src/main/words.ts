/** The few words that the main process itself says: menus, dialogs, notifications. All others are the window's. */
const english = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  help: 'Help',
  addPhotos: 'Add photos…',
  train: 'Train',
  classify: 'Classify',
  runs: 'Runs',
  models: 'Models',
  settings: 'Settings…',
  about: 'About Thaw',
  quit: 'Quit Thaw',
  close: 'Close window',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select all',
  reload: 'Reload',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  resetZoom: 'Actual size',
  fullScreen: 'Full screen',
  minimize: 'Minimise',
  hide: 'Hide Thaw',
  chooseFolder: 'Choose a folder of photos',
  choosePhotos: 'Choose photos',
  chooseWeights: 'Choose a weight file',
  chooseLabels: 'Choose a list of labels',
  save: 'Save',
  photos: 'Photos',
  weightFiles: 'Weight files',
  labelFiles: 'Lists of labels',
  closeQuestion: 'A network is being trained.',
  closeDetail:
    'It can go on in the background, and is there when you open Thaw again. If you stop it, a checkpoint is kept and the run can be resumed.',
  quitDetail: 'A checkpoint is kept, and the run can be resumed.',
  keepTraining: 'Keep training',
  inBackground: 'Train in the background',
  stopAndQuit: 'Stop and quit',
  cancel: 'Cancel',
  finished: 'Training is finished.',
  failed: 'Training stopped with an error.',
} as const

export type Words = Record<keyof typeof english, string>

const korean: Words = {
  file: '파일',
  edit: '편집',
  view: '보기',
  window: '창',
  help: '도움말',
  addPhotos: '사진 추가…',
  train: '학습',
  classify: '분류',
  runs: '기록',
  models: '신경망',
  settings: '설정…',
  about: 'Thaw 정보',
  quit: 'Thaw 끝내기',
  close: '창 닫기',
  undo: '되돌리기',
  redo: '다시 하기',
  cut: '잘라내기',
  copy: '복사하기',
  paste: '붙여넣기',
  selectAll: '모두 고르기',
  reload: '새로 고침',
  zoomIn: '크게 보기',
  zoomOut: '작게 보기',
  resetZoom: '원래 크기',
  fullScreen: '전체 화면',
  minimize: '최소화',
  hide: 'Thaw 숨기기',
  chooseFolder: '사진 폴더 고르기',
  choosePhotos: '사진 고르기',
  chooseWeights: '가중치 파일 고르기',
  chooseLabels: '클래스 이름 목록 고르기',
  save: '저장하기',
  photos: '사진',
  weightFiles: '가중치 파일',
  labelFiles: '클래스 이름 목록',
  closeQuestion: '신경망을 학습하고 있습니다.',
  closeDetail:
    '학습을 뒤에서 계속할 수 있고, Thaw를 다시 열면 그대로 보입니다. 멈추면 체크포인트가 남아 나중에 이어서 할 수 있습니다.',
  quitDetail: '체크포인트가 남아 나중에 이어서 할 수 있습니다.',
  keepTraining: '계속 학습하기',
  inBackground: '뒤에서 학습하기',
  stopAndQuit: '멈추고 끝내기',
  cancel: '취소',
  finished: '학습이 끝났습니다.',
  failed: '학습이 오류로 멈췄습니다.',
}

export type Language = 'en' | 'ko'

export const wordsIn = (language: Language): Words => (language === 'ko' ? korean : english)

/** `system`: the first of the person's languages that we have. */
export function languageOf(setting: 'system' | Language, preferred: readonly string[]): Language {
  if (setting !== 'system') return setting
  const known = preferred.map((tag) => tag.toLowerCase().split('-')[0])
  return known.find((tag) => tag === 'ko' || tag === 'en') === 'ko' ? 'ko' : 'en'
}
