import path from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import { transformNames } from '../../shared/augmentation.ts'
import { Precision } from '../../shared/config.ts'
import { Fit } from '../../shared/preparation.ts'
import { openCompute } from '../engine/backend/compute.ts'
import { keepCopiesOf } from '../engine/datasets/archiveCopies.ts'
import { openDataset } from '../engine/datasets/openDataset.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { requireEmpty } from '../engine/training/runRecorder.ts'
import { train } from '../engine/training/train.ts'
import { filePath, wholeNumber } from './arguments.ts'
import { bar } from './bar.ts'
import { interrupted } from './interrupt.ts'
import { say, saySlowNames } from './output.ts'
import { follow } from './runReport.ts'
import type { SettingFlags } from './settings.ts'
import { settingsOf } from './settings.ts'
import { told, words } from './words.ts'

interface Options extends SettingFlags {
  name?: string
  out?: string
  json?: boolean
}

export function addTrain(program: Command): void {
  program
    .command('train')
    .description('fine-tunes a network on a folder of photos')
    .argument(
      '<folder>',
      'holds train/CLASS and val/CLASS, or CLASS alone and a part is kept to validate; or a dataset’s name',
      filePath,
    )
    .option('--backbone <name>', 'the network (default: efficientnet-lite0)')
    .option('--weights <file>', 'weights to start from (.safetensors or .pth)', filePath)
    .option('--plan <plan>', 'what learns: head-only, recipe, everything or a JSON file (default: head-only)')
    .option('--epochs <number>', 'epochs to train (default: 1)', wholeNumber(0, 100_000))
    .option('--batch <number>', 'photos a step (default: 32)', wholeNumber(1, 4096))
    .option('--seed <number>', 'decides all that is drawn (default: 1234)', wholeNumber(0, 2 ** 32 - 1))
    .option(
      '--augment <kind>',
      'recipe, light, strong, none, views:K for K fixed views a photo, or a JSON file (default: recipe)',
    )
    .option('--config <file>', 'any settings of a run as JSON; flags win over it', filePath)
    .option('--threads <number>', 'threads to compute with (default: all)', wholeNumber(1, 1024))
    .addOption(
      new Option('--precision <kind>', 'exact, or fast where the processor gains by it').choices(
        Precision.options,
      ),
    )
    .addOption(
      new Option(
        '--preparation <kind>',
        'how a photo becomes the network’s square: crop its middle, squash it, or pad it with black (default: as the weights want it)',
      ).choices(Fit.options),
    )
    .option('--name <name>', 'what the run is called')
    .option('--out <folder>', 'the run’s folder, absent or empty (default: one in the data folder)', filePath)
    .addHelpText(
      'after',
      `
A plan in a file gives nodes of the network a rate or freezes them, and all below them:
  {"": "frozen", "features.28": 1e-4, "classifier": 5e-4, "classifier.6": 1e-3}

An augmentation in a file is a list of transforms, by torchvision's names and with its parameters, in their order:
  [{"name": "RandomResizedCrop", "scale": [0.5, 1]}, {"name": "RandomHorizontalFlip", "p": 0.5},
   {"name": "ColorJitter", "brightness": 0.2, "hue": 0.05}, {"name": "GaussianBlur", "kernel_size": 9, "p": 0.3}]

There are ${transformNames.slice(0, 5).join(', ')},
${transformNames.slice(5).join(', ')}; those that have no p may be given one. {"transforms": […], "views": 4}
draws four views of each photo once.

Ctrl-C stops after the batch in hand and writes a checkpoint; “thaw resume” goes on from there. The exit code is then 130.

Examples:
  thaw train photos/
  thaw train photos/ --plan recipe --epochs 5 --name bees
  thaw train photos/ --backbone vgg16 --weights vgg16-397923af.pth --augment views:4`,
    )
    .action(async (given: string, { name, out, json = false, ...flags }: Options) => {
      const config = await settingsOf(flags)
      const folder = out === undefined ? undefined : path.resolve(out)
      if (folder !== undefined) await requireEmpty(folder)
      const folders = currentFolders()
      const paths = dataPaths(folders)
      const signal = interrupted(words('stopping'))
      const scanning = openDataset(given, {
        seed: config.seed,
        paths,
        signal,
        onSlowNames: saySlowNames,
        onProgress: ({ done, total }) => bar.show(done, total, words('lookedAt', { total })),
      })
      // The backend is loaded while worker threads look at the photos.
      const [dataset] = await Promise.all([scanning, openCompute(config.threads, config.precision)])
      for (const photo of dataset.unreadable) say(words('leftOut', { message: told(photo) }))
      if (folder !== undefined) await keepCopiesOf(dataset, paths.samples)
      const options = {
        home: folders.home,
        dataset,
        config,
        signal,
        ...(folder && { folder }),
        ...(name && { name }),
      }
      await follow(train(options), json)
    })
}
