import { everyNetwork, networksAgainstPyTorch } from './suites/networks.ts'
import { everyLearning, learningAgainstPyTorch } from './suites/learning.ts'
import { settingsAgainstPyTorch } from './suites/settings.ts'

// One backend a file: each has a process of its own.
networksAgainstPyTorch('tensorflow', everyNetwork)
settingsAgainstPyTorch('tensorflow')
learningAgainstPyTorch('tensorflow', everyLearning)
