import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import type { Comparison } from '../../shared/api/compare.ts'
import { mostCompared } from '../../shared/api/compare.ts'
import { because } from '../../shared/reasons.ts'
import { compareRuns } from '../engine/evaluation/compareRuns.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { bar } from './bar.ts'
import { interrupted } from './interrupt.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

function runNames(text: string, before: readonly string[] = []): string[] {
  if (text === '') throw new InvalidArgumentError('It is empty.')
  return [...before, text]
}

const difference = (values: readonly unknown[]): string =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' | ')

function told({ runs, pairs, settings, plan, photos }: Comparison): string[] {
  const nameOf = (id: string) => runs.find(({ run }) => run === id)!.name
  return [
    words('sharedPhotos', { total: photos.total, differing: photos.differing.length }),
    ...runs.map(({ name, correct, total, accuracy, interval: [low, high] }) =>
      words('runScore', {
        ...{ name, correct, total, accuracy: accuracy.toFixed(3) },
        ...{ low: low.toFixed(3), high: high.toFixed(3) },
      }),
    ),
    ...pairs.map(
      ({ a, b, onlyA, onlyB, adjusted }) =>
        words('runPair', { a: nameOf(a), b: nameOf(b), onlyA, onlyB, p: adjusted.toPrecision(2) }) +
        (pairs.length > 1 ? words('corrected', { pairs: pairs.length }) : ''),
    ),
    ...Object.entries(settings).map(([name, values]) => `${name}: ${difference(values)}`),
    ...Object.entries(plan).map(([node, rates]) =>
      words('planDiffers', { node: node || words('wholeNetwork'), rates: difference(rates) }),
    ),
  ]
}

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('compares runs on the validation photos that all of them have')
    .argument('<runs...>', `two to ${mostCompared} runs: id, name or folder`, runNames)
    .addHelpText(
      'after',
      `
The test is McNemar's, exact and two-sided, corrected by Holm's method for the number of pairs.

Example:
  thaw compare bees bees-2 --json`,
    )
    .action(async (given: string[], { json }: { json?: boolean }) => {
      if (given.length < 2 || given.length > mostCompared)
        throw new ThawError('usage', because('give-runs', { most: mostCompared }))
      const onProgress = ({ done, total }: { done: number; total: number }) =>
        bar.show(done, total, words('ofPhotos', { total }))
      const { home } = currentFolders()
      const comparison = await compareRuns({ home, runs: given, signal: interrupted(), onProgress })
      bar.hide()
      if (json) line(comparison)
      else for (const text of told(comparison)) print(text)
    })
}
