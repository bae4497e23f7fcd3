import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Decisions } from '../../../../src/main/engine/datasets/decisions.ts'
import { Journal } from '../../../../src/main/engine/datasets/journal.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
/** `JOURNAL_KILLS=50` for the whole of it. */
const kills = Number(process.env['JOURNAL_KILLS'] ?? 5)

test(`A process that is killed ${kills} times while it decides about 1,000 photos loses nothing that it told of`, async () => {
  const file = folder.path('photos.journal')
  let told = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const child = fork('test/support/journalWriter.ts', [file, String(kill)], { execArgv: [] })
    child.on('message', (n) => (told = Number(n)))
    await once(child, 'message')
    // At ever other moments of the 30 ms or so that an entry takes.
    await pause((kill * 37) % 120)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const { entries } = await Journal.open(file)
    expect(entries.map(({ n }) => n)).toEqual(entries.map((_, i) => i + 1))
    expect(entries.length).toBeGreaterThanOrEqual(told)
    // Every undo and redo is about the act that stood on top: played again, none is passed over.
    const decisions = Decisions.of(entries)
    const acts = entries.filter((entry) => entry.kind === 'act')
    const undone = entries.filter(({ kind }) => kind === 'undo').length
    const redone = entries.filter(({ kind }) => kind === 'redo').length
    const { items } = decisions.history(0, entries.length)
    expect(items.filter(({ holds }) => holds)).toHaveLength(acts.length - undone + redone)
  }
}, 300_000)
