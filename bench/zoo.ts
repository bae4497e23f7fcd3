import type { NetworkName } from '../src/shared/model/registry.ts'

export interface Compared {
  network: NetworkName
  /** Its name in torchvision, or `timm:` and its name there. */
  peer: string
  /** How many times as fast as the peer ours has to classify, and to learn with all layers. */
  classifying: number
  learning: number
}

const alike = (network: NetworkName, peer: string): Compared => ({
  network,
  peer,
  classifying: 1,
  learning: 1,
})

/** Networks that are measured beside the peer's. */
export const zoo: readonly Compared[] = [
  { ...alike('efficientnet-lite0', 'timm:tf_efficientnet_lite0'), classifying: 1.5, learning: 1.3 },
  { ...alike('mobilenet-v2', 'mobilenet_v2'), classifying: 1.5, learning: 1.3 },
  alike('mobilenet-v3-large', 'mobilenet_v3_large'),
  alike('efficientnet-b0', 'efficientnet_b0'),
  alike('resnet18', 'resnet18'),
  alike('resnet34', 'resnet34'),
  alike('resnet50', 'resnet50'),
  alike('convnext-tiny', 'convnext_tiny'),
  alike('vit-b-16', 'vit_b_16'),
  alike('dinov2-small', 'timm:vit_small_patch14_dinov2'),
  alike('vgg16', 'vgg16'),
]
