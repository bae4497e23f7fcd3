import type { Command } from 'commander'
import { ThawError } from '../../shared/errors.ts'
import { filesPhoto } from '../engine/filing/list.ts'
import { bar } from './bar.ts'
import { filings, follow, printOutcome } from './filing.ts'
import { interrupted } from './interrupt.ts'
import { line, print, say } from './output.ts'
import { words } from './words.ts'

interface Options {
  list?: boolean
  json?: boolean
}

/** The newest filing with something to take back. @throws ThawError filing.none */
async function newest(): Promise<string> {
  const found = (await filings().list()).find(({ done }) => done > 0)
  if (!found) throw new ThawError('filing.none')
  return found.plan.id
}

async function printList(json: boolean): Promise<void> {
  const all = await filings().list()
  for (const { plan, done, isDamaged } of all) {
    const { id, created, how, target, acts } = plan
    if (json)
      line({ id, created, how, target, acts: acts.filter(filesPhoto).length, done, damaged: isDamaged })
    else
      print(
        `${id}  ${how.padEnd(8)} ${String(done).padStart(6)} / ${acts.filter(filesPhoto).length}  ${isDamaged ? words('damagedList') : target}`,
      )
  }
  if (all.length === 0 && !json) say(words('nothingFiled'))
}

async function undo(id: string, json: boolean): Promise<void> {
  const signal = interrupted()
  const total = (await filings().outcomes(id)).filter(({ act }) => filesPhoto(act)).length
  let seen = 0
  let undone = 0
  for await (const outcome of filings().undo(id, { signal })) {
    if (filesPhoto(outcome.act)) seen += 1
    if (filesPhoto(outcome.act) && outcome.state === 'undone') undone += 1
    printOutcome(outcome, json)
    bar.show(seen, total, words('ofPhotos', { total }))
  }
  bar.hide()
  await follow(id)
  if (json) line({ type: 'undone', id, acts: undone })
  else print(words('takenBack', { count: undone }))
}

export function addUndo(program: Command): void {
  program
    .command('undo')
    .description('takes back what filing has done: photos, keywords and folders are as before')
    .argument('[id]', 'the filing (default: the newest one that can be taken back)')
    .option('--list', 'names all filings, the newest first')
    .addHelpText(
      'after',
      `
What was changed since by others stays as it is and is named; the exit code is then 1.

Example:
  thaw undo 20261125-101500-1a2b3c`,
    )
    .action(async (id: string | undefined, { list, json = false }: Options) =>
      list ? printList(json) : undo(id ?? (await newest()), json),
    )
}
