import type { Command } from 'commander'
import { figure } from '../../shared/figure.ts'
import { tensorsOfNetwork, withClasses } from '../../shared/model/layers.ts'
import { nodeMovement } from '../../shared/model/melt.ts'
import { networkOf } from '../../shared/model/registry.ts'
import { movementOf } from '../engine/evaluation/movement.ts'
import { currentFolders } from '../engine/store/paths.ts'
import { readRecord, runFolderOf } from '../engine/store/runFolder.ts'
import { interrupted } from './interrupt.ts'
import { line, print } from './output.ts'
import { words } from './words.ts'

const share = (value: number | null): string => (value === null ? '–' : figure(value))

export function addMoved(program: Command): void {
  program
    .command('moved')
    .description('tells how far each layer of a run has moved from where it began')
    .argument('<run>', 'its id, name or folder')
    .addHelpText(
      'after',
      `
Of the best weights: the L2 norm of what was added to a layer's parameters, and that as a share of the norm they began with.

Example:
  thaw moved bees --json`,
    )
    .action(async (given: string, { json }: { json?: boolean }) => {
      const folder = await runFolderOf(currentFolders().home, given)
      const record = await readRecord(folder)
      const network = withClasses(networkOf(record.network), record.classes.length)
      const moved = nodeMovement(network, await movementOf(folder, interrupted()))
      const layers = new Set(
        tensorsOfNetwork(network).map(({ name }) => (moved.has(name) ? name.replace(/\.[^.]*$/, '') : '')),
      )
      for (const layer of layers) {
        const its = moved.get(layer)
        if (layer === '' || !its) continue
        if (json) line({ layer, ...its })
        else print(words('moved', { layer, relative: share(its.relative), moved: share(its.moved) }))
      }
    })
}
