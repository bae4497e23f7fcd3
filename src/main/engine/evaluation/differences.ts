import { isDeepStrictEqual } from 'node:util'
import type { Difference } from '../../../shared/api/compare.ts'
import { withClasses } from '../../../shared/model/layers.ts'
import { resolveNodes } from '../../../shared/model/plan.ts'
import { namedPlan, networkOf } from '../../../shared/model/registry.ts'
import type { TreeNode } from '../../../shared/model/tree.ts'
import { treeOf } from '../../../shared/model/tree.ts'
import type { RunRecord } from '../../../shared/run.ts'

const allEqual = (values: readonly unknown[]): boolean =>
  values.every((value) => isDeepStrictEqual(value, values[0]))

/** Settings in which the runs differ, but for the plan: a value a run. Threads and checkpoints change no number worth a look. */
export function settingDifferences(records: readonly RunRecord[]): Record<string, Difference[]> {
  const left = new Set(['plan', 'threads', 'checkpointMinutes', 'keepEvery', 'keepMegabytes', 'cache'])
  const settings = records.map(({ config, weights, preparation, dataset, classes }) => ({
    ...config,
    weights: weights.sha256,
    preparation,
    folder: dataset.folder,
    train: dataset.photos.filter(({ split }) => split === 'train').length,
    val: dataset.photos.filter(({ split }) => split === 'val').length,
    classes,
  }))
  const names = Object.keys(settings[0]!).filter((name) => !left.has(name)) as (keyof (typeof settings)[0])[]
  return Object.fromEntries(
    names
      .map((name) => [name, settings.map((its) => its[name] ?? null)] as const)
      .filter(([, values]) => !allEqual(values)),
  )
}

/** The learning rate of every parameter, or "frozen", under the plan that a run began with. */
function ratesOf({ network: name, config, classes }: RunRecord) {
  const network = withClasses(networkOf(name), classes.length)
  const plan = typeof config.plan === 'string' ? namedPlan(network, config.plan) : config.plan
  return { network, nodes: resolveNodes(network, plan) }
}

/**
 * Where the plans differ: the highest nodes below which each run has one rate, with the rate of each run. Networks that differ
 * have no tree in common: then only their plans' names are told.
 */
export function planDifferences(records: readonly RunRecord[]): Record<string, Difference[]> {
  if (new Set(records.map(({ network }) => network)).size > 1)
    return allEqual(records.map(({ config }) => config.plan))
      ? {}
      : { '': records.map(({ config }) => config.plan) }
  const plans = records.map(ratesOf)
  const differences: Record<string, Difference[]> = {}
  const ratesBelow = (node: TreeNode): Difference[][] =>
    node.kind === 'parameter'
      ? [plans.map(({ nodes }) => nodes.get(node.id)!.learningRate)]
      : node.children.flatMap(ratesBelow)
  const visit = (node: TreeNode): void => {
    const [first, ...others] = ratesBelow(node)
    if (!first) return
    if (others.every((rates) => isDeepStrictEqual(rates, first))) {
      if (!allEqual(first)) differences[node.id] = first
    } else node.children.forEach(visit)
  }
  visit(treeOf(plans[0]!.network))
  return differences
}
