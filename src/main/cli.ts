import { Command, CommanderError, Option } from 'commander'
import { plainError, ThawError } from '../shared/errors.ts'
import { version } from '../shared/version.ts'
import { addClassify } from './commands/classify.ts'
import { addDoctor } from './commands/doctor.ts'
import { addInspect } from './commands/inspect.ts'
import { addNetwork } from './commands/network.ts'
import { addRuns } from './commands/runs.ts'
import { addSample } from './commands/sample.ts'
import { addServe } from './commands/serve.ts'
import { addTrain } from './commands/train.ts'

const program = new Command('thaw')
  .description('Fine-tunes pretrained photo classifiers on your own machine, and lets them sort your photos.')
  .version(version)
  .exitOverride()
  .showHelpAfterError()

for (const add of [addDoctor, addNetwork, addTrain, addClassify, addInspect, addRuns, addSample, addServe])
  add(program)
for (const command of program.commands) {
  command.addOption(new Option('--json', 'one JSON object a line on standard output'))
  command.exitOverride()
}

/** A failure as a person reads it, and the exit code it asks for. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { code, message, advice } = plainError(error)
  console.error(`${message} ${advice}`)
  if (code === 'internal') console.error(error)
  return error instanceof ThawError ? error.exit : 3
}

try {
  await program.parseAsync(process.argv)
} catch (error) {
  process.exitCode = report(error)
}
// TensorFlow's and the decoders' threads would keep the process.
process.exit()
