/** A process that decides about photos as fast as it can, and tells of each entry once it is on the disk, until it is killed. */
import { Decisions } from '../../src/main/engine/datasets/decisions.ts'
import type { NewEntry } from '../../src/main/engine/datasets/journal.ts'
import { Journal } from '../../src/main/engine/datasets/journal.ts'
import type { Act } from '../../src/shared/decisions.ts'

const [file = '', seed = '0'] = process.argv.slice(2)
const photos = Array.from({ length: 1000 }, (_, i) => `class/${String(i).padStart(4, '0')}.jpg`)
const acts: Act[] = [
  { type: 'label', classes: ['ants'] },
  { type: 'part', part: 'test' },
  { type: 'labelEach', classes: photos.map((_, i) => (i % 2 === 0 ? 'bees' : null)) },
  { type: 'leaveOut', out: true },
  { type: 'rename', from: 'ants', to: 'formicidae' },
  { type: 'moved', filing: 'f', to: photos.map((photo) => `other/${photo}`) },
]

const journal = await Journal.open(file)
for (let i = Number(seed); ; i += 1) {
  const entry = await journal.append((): NewEntry => {
    const decisions = Decisions.of(journal.entries)
    if (i % 4 === 2 && decisions.last) return { kind: 'undo', of: decisions.last.n }
    if (i % 4 === 3 && decisions.next) return { kind: 'redo', of: decisions.next.n }
    const act = acts[i % acts.length]!
    return { kind: 'act', act, photos, summary: { code: 'labelled', parameters: { count: photos.length } } }
  })
  // What is told has to be there whatever happens from now on.
  process.send!(entry.n)
}
