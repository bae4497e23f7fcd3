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
  cameraRefused: string
  cameraBusy: string
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
  noCamera: 'No camera was found.',
  cameraRefused:
    'The camera may not be used here. Allow it for this page in the browser, or open the page from this computer or by https.',
  cameraBusy: 'The camera gives no picture; another program may be using it.',
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
  noCamera: '카메라를 찾지 못했습니다.',
  cameraRefused:
    '여기서는 카메라를 쓸 수 없습니다. 브라우저에서 이 페이지에 카메라를 허용하거나, 페이지를 이 컴퓨터나 https 주소에서 여세요.',
  cameraBusy: '카메라에서 화면이 나오지 않습니다. 다른 프로그램이 쓰고 있을 수 있습니다.',
  notLoaded: '신경망을 불러오지 못했습니다: {name}',
}
