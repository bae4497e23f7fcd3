import { everyNetwork, networksAgainstPyTorch } from './suites/networks.ts'
import { settingsAgainstPyTorch } from './suites/settings.ts'

// One backend a file: each has a process of its own.
networksAgainstPyTorch(
  'wasm',
  everyNetwork.filter(([name]) =>
    ['vgg16', 'efficientnet-lite0', 'mobilenet-v3-large', 'dinov2-small'].includes(name),
  ),
)
settingsAgainstPyTorch('wasm')
