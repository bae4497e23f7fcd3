import type { Command } from 'commander'
import { Option } from 'commander'
import type { Language } from '../../shared/language.ts'
import { version } from '../../shared/version.ts'
import { addBank } from './bank.ts'
import { addBench } from './bench.ts'
import { addCheck } from './check.ts'
import { addClassify } from './classify.ts'
import { addCompare } from './compare.ts'
import { addDatasets } from './datasets.ts'
import { addDoctor } from './doctor.ts'
import { addEvaluate } from './evaluate.ts'
import { addExportDataset } from './exportDataset.ts'
import { addExport } from './export.ts'
import { addFile } from './file.ts'
import { addFork } from './fork.ts'
import { addGpu } from './gpu.ts'
import { addInspect } from './inspect.ts'
import { addMcp } from './mcp.ts'
import { addNetwork } from './network.ts'
import { addProbe } from './probe.ts'
import { addMelt } from './melt.ts'
import { addMoved } from './moved.ts'
import { addReport } from './report.ts'
import { addResume } from './resume.ts'
import { addRuns } from './runs.ts'
import { addSample } from './sample.ts'
import { addServe } from './serve.ts'
import { addSimilar } from './similar.ts'
import { addTrain } from './train.ts'
import { addUndo } from './undo.ts'
import { addUntag } from './untag.ts'
import { addWeights } from './weights.ts'
import { chooseLanguage } from './language.ts'
import { SpokenCommand } from './spokenCommand.ts'

const commands = [
  addDoctor,
  addNetwork,
  addTrain,
  addResume,
  addFork,
  addClassify,
  addEvaluate,
  addExportDataset,
  addFile,
  addUndo,
  addUntag,
  addCompare,
  addInspect,
  addExport,
  addReport,
  addMoved,
  addMelt,
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
] as const

/** The whole command line, ready to parse; it does nothing yet. */
export function thawProgram(): Command {
  const program = new SpokenCommand('thaw')
    .description(
      'Fine-tunes pretrained photo classifiers on your own machine, and lets them sort your photos.',
    )
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
  for (const add of commands) add(program)
  addLanguage(program)
  for (const command of withBelow(program.commands)) addLanguage(addJson(command))
  return program
}

/** Commands and the commands below them. */
const withBelow = (commands: readonly Command[]): Command[] =>
  commands.flatMap((command) => [command, ...withBelow(command.commands)])

const addJson = (command: Command): Command =>
  command.addOption(new Option('--json', 'one JSON object a line on standard output'))

function addLanguage(command: Command): void {
  command
    .addOption(
      new Option('--lang <language>', 'the language of messages (default: that of the terminal)').choices([
        'en',
        'ko',
      ]),
    )
    .on('option:lang', (language: Language) => chooseLanguage(language))
}
