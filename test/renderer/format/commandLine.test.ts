import { expect, it } from 'vitest'
import { presets } from '../../../src/shared/augmentation.ts'
import { RunConfig } from '../../../src/shared/config.ts'
import { commandLineOf } from '../../../src/renderer/format/commandLine.ts'

it('needs no file where flags say everything', () => {
  const config = RunConfig.parse({ backbone: 'vgg16', plan: 'recipe', epochs: 9 })
  expect(commandLineOf('/photos/bees', config)).toEqual({
    command:
      'thaw train /photos/bees --backbone vgg16 --plan recipe --epochs 9 --batch 32 --seed 1234 --augment recipe',
    settings: null,
  })
})

it('puts what has no flag into a file that gives the same run', () => {
  const config = RunConfig.parse({
    backbone: 'vgg16',
    plan: { features: { learningRate: 1e-5 } },
    schedule: { kind: 'cosine' },
    augmentation: 'views:4',
    threads: 2,
  })
  const { command, settings } = commandLineOf('/p', config)
  expect(command).toContain('--augment views:4 --threads 2 --config thaw.json')
  expect(settings).toEqual({
    plan: { features: { learningRate: 1e-5 } },
    schedule: { kind: 'cosine', floor: 0 },
  })
  const again = RunConfig.parse({ ...settings, backbone: 'vgg16', augmentation: 'views:4', threads: 2 })
  expect(again).toEqual(config)
})

it('puts transforms that are written out into the file', () => {
  const augmentation = { transforms: [...presets.light], views: 3 }
  const { command, settings } = commandLineOf('/p', RunConfig.parse({ augmentation }))
  expect(command).not.toContain('--augment')
  expect(settings).toEqual({ augmentation })
})

it('quotes what a shell would take apart', () => {
  const config = RunConfig.parse({ backbone: 'vgg16', weights: "/my 'best' file.pth" })
  const { command } = commandLineOf('/my photos/$x', config)
  expect(command).toContain(`'/my photos/$x'`)
  expect(command).toContain(String.raw`'/my '\''best'\'' file.pth'`)
})
