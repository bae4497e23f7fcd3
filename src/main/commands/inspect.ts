import type { Command } from 'commander'
import type { FileFit } from '../../shared/api/models.ts'
import type { Inspection } from '../engine/weights/inspect.ts'
import { inspectWeights } from '../engine/weights/inspect.ts'
import { line, print } from './output.ts'

function asJson(found: Inspection): object {
  if (!('error' in found)) {
    const { file, format, variant, tensors, metadata, found: where, warnings } = found
    return { file, format, ...(variant && { variant }), tensors, metadata, found: where, warnings }
  }
  const { code, message } = found.error
  return { file: found.file, error: { code, message } }
}

function tell(found: Inspection): void {
  if ('error' in found) {
    print(`${found.file}: ${found.error.message} ${found.error.advice}`)
    return
  }
  const { file, format, tensors, metadata, warnings, fit } = found
  print(`${file}: ${format}, ${tensors.length} tensors`)
  print(`  ${fitText(fit)}`)
  for (const [key, value] of Object.entries(metadata)) print(`  ${key}: ${value}`)
  for (const { name, dtype, shape } of tensors) print(`  ${name.padEnd(50)} ${dtype} [${shape.join(', ')}]`)
  for (const { message, advice } of warnings) print(`  ${message} ${advice}`)
}

/** Which network it is, and what differs. */
function fitText(fit: FileFit | null): string {
  if (!fit) return 'It is none of the networks here.'
  const { network, missing, unexpected, misshapen, onlyHead } = fit
  if (missing.length + unexpected.length + misshapen.length === 0) return `It is ${network}.`
  if (onlyHead) return `It is ${network} but for its last layer; a training starts a new one.`
  return `It comes nearest to ${network}: ${missing.length} tensors are missing, ${unexpected.length} unexpected, ${misshapen.length} of another shape.`
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
