import type { Command } from 'commander'
import type { Inspection } from '../engine/weights/inspect.ts'
import { inspectWeights } from '../engine/weights/inspect.ts'
import { line, print } from './output.ts'

function asJson(found: Inspection): object {
  if (!('error' in found)) return found
  const { code, message } = found.error
  return { file: found.file, error: { code, message } }
}

function tell(found: Inspection): void {
  if ('error' in found) {
    print(`${found.file}: ${found.error.message} ${found.error.advice}`)
    return
  }
  const { file, format, tensors, metadata, warnings } = found
  print(`${file}: ${format}, ${tensors.length} tensors`)
  for (const [key, value] of Object.entries(metadata)) print(`  ${key}: ${value}`)
  for (const { name, dtype, shape } of tensors) print(`  ${name.padEnd(50)} ${dtype} [${shape.join(', ')}]`)
  for (const { message, advice } of warnings) print(`  ${message} ${advice}`)
}

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('what weight files hold; nothing in them is ever run')
    .argument('<files...>')
    .addHelpText(
      'after',
      '\nExamples:\n  thaw inspect vgg16-397923af.pth\n  thaw inspect run/*.safetensors --json',
    )
    .action(async (files: string[], { json }: { json?: boolean }) => {
      for (const file of files) {
        const found = await inspectWeights(file)
        if ('error' in found) process.exitCode = 1
        if (json) line(asJson(found))
        else tell(found)
      }
    })
}
