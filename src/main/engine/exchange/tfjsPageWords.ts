/** What the exported page says, in the language of the browser that opens it. `{name}` stands for a file's name. */
interface PageWords {
  title: string
  text: string
  files: string
  camera: string
  loading: string
  classifying: string
  noPhoto: string
  noCamera: string
  notLoaded: string
}

export const pageEn: PageWords = {
  title: 'Classify photos',
  text: 'Choose photos, drop them here, or use the camera. They stay on this computer.',
  files: 'Photos',
  camera: 'Camera',
  loading: 'Loading the network…',
  classifying: 'Classifying {name}…',
  noPhoto: '{name} is no photo that this browser can read.',
  noCamera: 'There is no camera, or it may not be used here.',
  notLoaded: 'The network could not be loaded: {name}',
}

export const pageKo: PageWords = {
  title: '사진 분류',
  text: '사진을 고르거나 여기에 놓거나 카메라로 찍으세요. 사진은 이 컴퓨터를 떠나지 않습니다.',
  files: '사진',
  camera: '카메라',
  loading: '신경망 불러오는 중…',
  classifying: '분류 중: {name}',
  noPhoto: '이 브라우저에서 읽지 못하는 파일: {name}',
  noCamera: '카메라가 없거나 여기서는 쓸 수 없습니다.',
  notLoaded: '신경망을 불러오지 못했습니다: {name}',
}
