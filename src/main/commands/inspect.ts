import type { Command } from 'commander'
import type { FileFit } from '../../shared/api/models.ts'
import { tellError } from '../../shared/tellError.ts'
import type { Inspection } from '../engine/weights/inspect.ts'
import { inspectWeights } from '../engine/weights/inspect.ts'
import { spoken } from './language.ts'
import { line, print } from './output.ts'
import { provenanceTexts } from './weightsAbout.ts'
import { words } from './words.ts'

/** Metadata that are told as sentences. */
const toldApart: ReadonlySet<string> = new Set(['classes', 'provenance', 'calibration'])

function asJson(found: Inspection): object {
  if (!('error' in found)) {
    const { file, format, variant, sha256, tensors, metadata, warnings, found: where, fit } = found
    const about = { file, format, ...(variant && { variant }), sha256, tensors, metadata, warnings }
    return { ...about, found: where, fit }
  }
  const { code, message } = found.error
  return { file: found.file, error: { code, message } }
}

function tell(found: Inspection): void {
  if ('error' in found) {
    const { message, advice } = tellError(found.error, spoken())
    print(`${found.file}: ${message} ${advice}`)
    return
  }
  const { file, format, sha256, tensors, metadata, warnings, fit } = found
  print(words('weightFile', { file, format, count: tensors.length }))
  print(`  ${fitText(fit)}`)
  print(`  SHA-256 ${sha256}`)
  for (const text of provenanceTexts(metadata)) print(`  ${text}`)
  for (const [key, value] of Object.entries(metadata)) if (!toldApart.has(key)) print(`  ${key}: ${value}`)
  for (const { name, dtype, shape } of tensors) print(`  ${name.padEnd(50)} ${dtype} [${shape.join(', ')}]`)
  for (const warning of warnings) {
    const { message, advice } = tellError(warning, spoken())
    print(`  ${message} ${advice}`)
  }
}

/** Which network it is, and what differs. */
function fitText(fit: FileFit | null): string {
  if (!fit) return words('fitsNone')
  const { network, missing, unexpected, misshapen, onlyHead, classes } = fit
  if (onlyHead && classes !== null) return words('fitsClasses', { network, classes })
  if (onlyHead) return words('fitsBody', { network })
  return words('fitsNearly', {
    ...{ network, missing: missing.length, unexpected: unexpected.length, misshapen: misshapen.length },
  })
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
