import { CommanderError } from 'commander'
import { plainError, ThawError } from '../shared/errors.ts'
import { tellError } from '../shared/tellError.ts'
import { interruptCode } from './commands/interrupt.ts'
import { spoken } from './commands/language.ts'
import { line, say } from './commands/output.ts'
import { thawProgram } from './commands/program.ts'
import { enter } from './engine/environment.ts'

enter(process.env)

/** What follows `--` is no option. */
const asksForJson = (): boolean =>
  process.argv.slice(2).join('\0').split('\0--\0')[0]!.split('\0').includes('--json')

/** Commander's sentence without its mark. */
const usageError = ({ message }: CommanderError): ThawError =>
  new ThawError('usage', { reason: message.replace(/^error: /, '').replace(/\.$/, '') })

/** Tells a failure as a person reads it, and with `--json` as an object too. @returns the exit code it asks for */
function report(error: unknown): number {
  // Commander has said by itself what is wrong with the usage.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    if (asksForJson()) line({ error: plainError(usageError(error)) })
    return 2
  }
  const plain = plainError(error)
  if (asksForJson()) line({ error: plain })
  const { code } = plain
  const { message, advice } = tellError(plain, spoken())
  say(`${message} ${advice}`)
  if (code === 'internal') console.error(error)
  if (code === 'cancelled') return interruptCode() ?? 1
  return error instanceof ThawError ? error.exit : 3
}

try {
  await thawProgram().parseAsync(process.argv)
} catch (error) {
  process.exitCode = report(error)
}
// Windows writes to pipes later. After that, TensorFlow's and the decoders' threads would keep the process.
await new Promise((resolve) => process.stdout.write('', resolve))
process.exit()
