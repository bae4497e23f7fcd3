import type { Command } from 'commander'
import type { LayerRow } from '../../shared/model/layerRows.ts'
import { layerRows } from '../../shared/model/layerRows.ts'
import { networkNames, networkOf } from '../../shared/model/registry.ts'
import { describeNetwork } from '../engine/model/open.ts'
import { filePath } from './arguments.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

function told({ name, kind, options, output, parameters }: LayerRow): string {
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
      const rows = layerRows(network)
      if (json) {
        rows.forEach(line)
        return
      }
      rows.forEach((row) => print(told(row)))
      const total = rows.reduce((sum, { parameters }) => sum + parameters, 0)
      print(words('parametersOf', { network: network.title, total: total.toLocaleString('en') }))
    })
}
