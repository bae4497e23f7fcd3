import type { Command } from 'commander'
import { placeLayers, sizeOf } from '../../shared/model/layers.ts'
import type { PlacedLayer } from '../../shared/model/layers.ts'
import { networkOf } from '../../shared/model/registry.ts'
import { openNetwork } from '../engine/model/open.ts'
import { line } from './output.ts'

const rowOf = ({ name, layer, output, tensors, children }: PlacedLayer) => {
  const { kind, ...options } = layer as PlacedLayer['layer'] & { layers?: unknown; role?: unknown }
  delete (options as { name?: unknown }).name
  delete options.layers
  delete options.role
  const own = tensors.filter((it) => it.role === 'parameter').reduce((sum, it) => sum + sizeOf(it.shape), 0)
  return {
    name,
    kind,
    options,
    output,
    parameters: own + children.reduce((sum, child) => sum + parametersOf(child), 0),
  }
}
const parametersOf = (placed: PlacedLayer): number => rowOf(placed).parameters

function* rows(placed: readonly PlacedLayer[]): Generator<ReturnType<typeof rowOf>> {
  for (const it of placed) {
    if (it.name) yield rowOf(it)
    yield* rows(it.children)
  }
}

export function addNetwork(program: Command): void {
  program
    .command('network')
    .description('the layers of a network: what PyTorch’s print(net) shows, and more')
    .argument('<name>', 'for instance vgg16')
    .option('--weights <file>', 'a weight file that has to fit it')
    .addHelpText('after', '\nExample:\n  thaw network vgg16')
    .action(async (name: string, { weights, json }: { weights?: string; json?: boolean }) => {
      let network = networkOf(name)
      if (weights) {
        const opened = await openNetwork({ backbone: name, file: weights })
        network = opened.network
        opened.weights.dispose()
      }
      for (const row of rows(placeLayers(network))) {
        if (json) line(row)
        else {
          const options = Object.entries(row.options)
            .map(([key, value]) => `${key}=${String(value)}`)
            .join(' ')
          console.log(
            `${row.name.padEnd(24)} ${row.kind.padEnd(10)} ${options.padEnd(70)} ${row.output.join(' × ').padEnd(16)} ${row.parameters}`,
          )
        }
      }
    })
}
