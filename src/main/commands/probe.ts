import type { Command } from 'commander'
import { wilson } from '../../shared/metrics.ts'
import { outOfFold } from '../engine/bank/probe.ts'
import { filePath, wholeNumber } from './arguments.ts'
import { bar } from './bar.ts'
import type { FeatureFlags } from './features.ts'
import { fileOf, openFeatures, withFeatureFlags } from './features.ts'
import { interrupted } from './interrupt.ts'
import { line, print } from './output.ts'
import { accuracyText, words } from './words.ts'

interface Options extends FeatureFlags {
  folds: number
  seed: number
  json?: boolean
}

const largest = (values: Float64Array): number => values.indexOf(Math.max(...values))

export function addProbe(program: Command): void {
  withFeatureFlags(program.command('probe'))
    .description('how well a network’s features tell the classes apart: logistic regression in k folds')
    .argument('<folder>', 'a folder of photos, one folder a class, or a dataset’s name', filePath)
    .option(
      '--folds <number>',
      'each photo is asked about by a head that has not seen its fold',
      wholeNumber(2, 100),
      5,
    )
    .option('--seed <number>', 'deals the photos into folds', wholeNumber(0, 2 ** 32 - 1), 1234)
    .addHelpText(
      'after',
      `
Photos that are the same, or were taken as one, stay in one fold.

Example:
  thaw probe garden/ --folds 10 --json`,
    )
    .action(async (given: string, { folds: count, seed, json, ...flags }: Options) => {
      const signal = interrupted()
      const { dataset, photos, features, network } = await openFeatures(given, flags, signal)
      try {
        const { classes } = dataset
        const by = network.opened.network
        const labels = photos.map((photo) => photo.class)
        const groups = photos.map(({ group, hash }) => group ?? hash)
        const onProgress = ({ done, total }: { done: number; total: number }) =>
          bar.show(done, total, words('ofFolds', { total }))
        const { folds, probabilities } = await outOfFold(features, labels, classes.length, {
          ...{ folds: count, seed, groups, signal, onProgress },
        })
        bar.hide()
        let correct = 0
        photos.forEach((photo, i) => {
          const own = probabilities.subarray(i * classes.length, (i + 1) * classes.length)
          if (largest(own) === photo.class) correct += 1
          const told = { photo: fileOf(dataset, photo), class: classes[photo.class], fold: folds[i] }
          if (json) line({ ...told, probabilities: [...own] })
        })
        const total = photos.length
        const [low, high] = wilson(correct, total)
        const accuracy = correct / total
        if (json)
          line({ type: 'probed', classes, accuracy, correct, total, interval: [low, high], network: by.name })
        else {
          const told = accuracyText({ correct, total, accuracy, interval: [low, high] })
          print(`${told}, ${words('by', { network: by.title })}`)
        }
      } finally {
        network.opened.weights.dispose()
      }
    })
}
