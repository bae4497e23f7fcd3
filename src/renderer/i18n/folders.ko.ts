import type { foldersEn } from './folders.en.ts'
import type { Messages } from './types.ts'

export const foldersKo: Messages<typeof foldersEn> = {
  open: '폴더에 쓰기…',
  title: '라벨을 폴더에 쓰기: {name}',
  explained:
    '사진을 라벨 이름의 폴더로 옮깁니다. 목록을 보기 전에는 아무것도 옮기지 않으며, 모두 먼저 기록하므로 되돌릴 수 있습니다.',
  stays: '라벨이 없거나 제외한 사진은 그대로 둡니다.',
  nothing: '모든 사진이 라벨 이름의 폴더에 있습니다.',
  making: '목록을 만드는 중',
  again: '목록 다시 만들기',
  back: '사진',
  moved: '사진 {count}장을 옮겼습니다',
}
