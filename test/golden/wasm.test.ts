import { everyNetwork, networksAgainstPyTorch } from './suites/networks.ts'
import { settingsAgainstPyTorch } from './suites/settings.ts'

// One backend a file: each has a process of its own.
networksAgainstPyTorch(
  'wasm',
  everyNetwork.filter(([name]) => name === 'vgg16' || name === 'efficientnet-lite0'),
)
settingsAgainstPyTorch('wasm')
