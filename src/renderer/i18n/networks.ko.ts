import type { networksEn } from './networks.en.ts'
import type { Messages } from './types.ts'

export const networksKo: Messages<typeof networksEn> = {
  resnet18: '작고 단순하여 처음 시도하기 좋고 전체 층도 빠르게 학습합니다.',
  resnet34: 'ResNet18보다 층이 두 배입니다. 조금 더 정확하고 속도는 절반입니다.',
  resnet50: '많은 논문에서 쓰는 신경망으로, 대부분의 사진에 좋은 특징을 냅니다.',
  'mobilenet-v2': '가볍고 빠릅니다. 휴대전화용으로 만들었습니다.',
  'mobilenet-v3-large': 'MobileNetV2만큼 빠르고 더 정확합니다. 휴대전화용으로 만들었습니다.',
  'efficientnet-b0': '크기에 비해 정확하지만 파라미터 수에 비해 느립니다.',
  'efficientnet-lite0': 'Thaw에 포함되어 있습니다. 어느 컴퓨터에서나 빠르고 시작하기 좋습니다.',
  'efficientnet-lite1': 'Lite0보다 사진을 더 세밀하게 봅니다. 조금 더 정확하고 조금 느립니다.',
  'efficientnet-lite2': '셋 중 사진을 가장 세밀하게 봅니다. 작은 차이로 클래스를 나눌 때 좋습니다.',
  'convnext-tiny': '여기 있는 합성곱 신경망 중 가장 정확하지만 느립니다.',
  'vit-b-16': '큰 트랜스포머입니다. 많은 층을 학습할 때 강하지만 작은 컴퓨터에는 무겁습니다.',
  'dinov2-small': '라벨 없이 학습했습니다. 특이한 사진이나 사진이 적을 때 좋습니다.',
  vgg11: '가장 작은 VGG입니다. 설명하기 쉽지만 파일이 큽니다.',
  vgg13: 'VGG11과 VGG16의 중간입니다.',
  vgg16: '튜토리얼의 신경망입니다. 모든 층이 한 줄로 이어지며 크고 느립니다.',
  vgg19: '가장 깊은 VGG입니다. 가장 느리고 VGG16보다 별로 낫지 않습니다.',
  'vgg16-bn': 'BatchNorm이 있는 VGG16입니다. 전체 층을 학습하기 더 쉽습니다.',
}
