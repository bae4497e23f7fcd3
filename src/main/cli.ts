import { CommanderError } from 'commander'
import { plainError, ThawError } from '../shared/errors.ts'
import { tellError } from '../shared/tellError.ts'
import { interruptCode } from './commands/interrupt.ts'
import { spoken } from './commands/language.ts'
import { line, say } from './commands/output.ts'
import { thawProgram } from './commands/program.ts'
import { addProbe } from './commands/probe.ts'
import { addReport } from './commands/report.ts'
import { addResume } from './commands/resume.ts'
import { addRuns } from './commands/runs.ts'
import { addSample } from './commands/sample.ts'
import { addServe } from './commands/serve.ts'
import { addSimilar } from './commands/similar.ts'
import { addTrain } from './commands/train.ts'
import { addUndo } from './commands/undo.ts'
import { addUntag } from './commands/untag.ts'
import { addWeights } from './commands/weights.ts'
import { enter } from './engine/environment.ts'

enter(process.env)

const program = new Command('thaw')
  .description('Fine-tunes pretrained photo classifiers on your own machine, and lets them sort your photos.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('Add --help to see how it is used.')
  .addHelpText(
    'after',
    `
Exit codes: 0 done, 1 something in the data failed, 2 wrong usage, 3 the environment; 130 stopped by Ctrl-C.
THAW_HOME is the data folder, THAW_CACHE that of what can be computed again, THAW_BACKEND forces a backend.

Examples:
  thaw sample /tmp/sample
  thaw train /tmp/sample --out /tmp/run
  thaw classify /tmp/sample/val --run /tmp/run`,
  )

for (const add of [
  addDoctor,
  addNetwork,
  addTrain,
  addResume,
  addFork,
  addClassify,
  addEvaluate,
  addFile,
  addUndo,
  addUntag,
  addCompare,
  addInspect,
  addExport,
  addReport,
  addRuns,
  addDatasets,
  addCheck,
  addBank,
  addProbe,
  addSimilar,
  addSample,
  addBench,
  addGpu,
  addServe,
  addMcp,
  addWeights,
])
  add(program)
for (const command of program.commands)
  command
    .addOption(new Option('--json', 'one JSON object a line on standard output'))
    .addOption(
      new Option('--lang <language>', 'the language of messages (default: that of the terminal)').choices([
        'en',
        'ko',
      ]),
    )
    .on('option:lang', (language: Language) => chooseLanguage(language))

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
