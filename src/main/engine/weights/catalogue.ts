/** A file that a person may fetch. */
export interface KnownDownload {
  url: string
  /** Its name in the folder of weights. */
  file: string
  bytes: number
  /** Its SHA-256 in hexadecimal digits, or the beginning of it. */
  sha256: string
}

export interface KnownWeights extends KnownDownload {
  /** As on the command line. */
  network: string
  /** What it was trained on, and by whom. */
  origin: string
  licence: string
}

/** Weights that can be fetched. PyTorch's files have the first eight digits of their SHA-256 in their names. */
export const knownWeights: readonly KnownWeights[] = [
  {
    network: 'vgg16',
    origin: 'ImageNet (torchvision, IMAGENET1K_V1)',
    licence: 'BSD-3-Clause',
    url: 'https://download.pytorch.org/models/vgg16-397923af.pth',
    file: 'vgg16-397923af.pth',
    bytes: 553_433_881,
    sha256: '397923af',
  },
]
