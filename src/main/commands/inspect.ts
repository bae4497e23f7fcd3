import type { Command } from 'commander'
import { inspectWeights } from '../engine/weights/inspect.ts'
import { line } from './output.ts'

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('what a weight file holds; nothing in it is ever run')
    .argument('<files...>')
    .action(async (files: string[], { json }: { json?: boolean }) => {
      for (const file of files) {
        const found = await inspectWeights(file)
        if ('error' in found) process.exitCode = 1
        if (json) line(found)
        else if ('error' in found) console.log(`${file}: ${found.error.message}`)
        else {
          console.log(`${file}: ${found.format}, ${found.tensors.length} tensors`)
          for (const tensor of found.tensors)
            console.log(`  ${tensor.name.padEnd(50)} ${tensor.dtype} [${tensor.shape.join(', ')}]`)
        }
      }
    })
}
