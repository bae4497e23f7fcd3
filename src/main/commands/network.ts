import type { Command } from 'commander'
import { placeLayers, sizeOf } from '../../shared/model/layers.ts'
import type { PlacedLayer, Shape } from '../../shared/model/layers.ts'
import { networkNames, networkOf } from '../../shared/model/registry.ts'
import { isContainer } from '../../shared/model/spec.ts'
import { describeNetwork } from '../engine/model/open.ts'
import { filePath } from './arguments.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

interface Row {
  /** Empty where PyTorch has no module for it. */
  name: string
  kind: string
  options: Record<string, unknown>
  /** [channels, height, width] or [features], for one photo. */
  output: Shape
  /** The layer's own; what holds layers has none. */
  parameters: number
}

function rowOf({ name, layer, output, tensors }: PlacedLayer): Row {
  const { kind } = layer
  if (isContainer(layer)) {
    const options = layer.kind === 'paths' ? { join: layer.join, drop: layer.drop } : {}
    return { name, kind, options, output, parameters: 0 }
  }
  const options = Object.fromEntries(
    Object.entries(layer).filter(([key]) => key !== 'kind' && key !== 'name'),
  )
  const own = tensors.filter(({ role }) => role === 'parameter')
  return { name, kind, options, output, parameters: own.reduce((sum, { shape }) => sum + sizeOf(shape), 0) }
}

/** Blocks only people see, and paths without a name have no module in PyTorch. */
const isModule = ({ name, layer }: PlacedLayer): boolean =>
  layer.kind !== 'block' && !(layer.kind === 'paths' && name === '')

/** Layers and what holds them, as PyTorch nests them. */
const rowsOf = (placed: readonly PlacedLayer[]): Row[] =>
  placed.flatMap((it) => [...(isModule(it) ? [rowOf(it)] : []), ...rowsOf(it.children)])

function told({ name, kind, options, output, parameters }: Row): string {
  const settings = Object.entries(options).map(([key, value]) => `${key}=${String(value)}`)
  const count = parameters === 0 ? '' : parameters.toLocaleString('en')
  return `${name.padEnd(24)} ${kind.padEnd(10)} ${settings.join(' ').padEnd(70)} ${output.join(' × ').padEnd(16)} ${count}`.trimEnd()
}

export function addNetwork(program: Command): void {
  program
    .command('network')
    .description('the layers of a network: what PyTorch’s print(net) shows, and more')
    .argument('<name>', `for instance ${networkNames[0]}`)
    .option('--weights <file>', 'a weight file that has to fit it', filePath)
    .addHelpText(
      'after',
      '\nExamples:\n  thaw network vgg16\n  thaw network vgg16 --weights vgg16-397923af.pth --json',
    )
    .action(async (name: string, { weights, json }: { weights?: string; json?: boolean }) => {
      const network = weights === undefined ? networkOf(name) : await describeNetwork(name, weights)
      const rows = rowsOf(placeLayers(network))
      if (json) {
        rows.forEach(line)
        return
      }
      rows.forEach((row) => print(told(row)))
      const total = rows.reduce((sum, { parameters }) => sum + parameters, 0)
      print(words('parametersOf', { network: network.title, total: total.toLocaleString('en') }))
    })
}
