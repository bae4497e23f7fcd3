/**
 * What a run does not know, measured: of each kind of strangers the share that goes to the tray at the threshold that keeps 90% of
 * the validation photos, and how often the 95% promise holds over 200 random halves of the validation photos.
 *
 *     node scripts/node24.mjs bench/strangers.ts RUN KIND=FOLDER…
 */
import path from 'node:path'
import { openClassifier } from '../src/main/engine/classify/classifier.ts'
import { conformalLimit } from '../src/main/engine/classify/conformal.ts'
import { calibrationOf } from '../src/main/engine/classify/knowledge.ts'
import type { Knowledge } from '../src/main/engine/classify/knowledge.ts'
import { scoresOf } from '../src/main/engine/classify/promises.ts'
import { strangerLimit } from '../src/main/engine/classify/strangers.ts'
import { findPhotos } from '../src/main/engine/datasets/walk.ts'
import { enter } from '../src/main/engine/environment.ts'
import { currentFolders, dataPaths } from '../src/main/engine/store/paths.ts'
import { randomFor, shuffled } from '../src/shared/random.ts'

const halves = 200
const promise = 0.95
const keep = 0.9

/** Mean coverage and the smallest set over random halves: one sets the limit, the other is answered. */
function coverage({ classes, targets, probabilities, ...rest }: Knowledge) {
  const all = scoresOf({ classes, targets, probabilities, ...rest })
  let held = 0
  let emptiest = Infinity
  for (let half = 0; half < halves; half += 1) {
    const order = shuffled(targets.length, randomFor(half, 'folds'))
    const middle = Math.floor(order.length / 2)
    const limit = conformalLimit(
      order
        .slice(0, middle)
        .map((row) => all[row]!)
        .sort((a, b) => a - b),
      promise,
    )
    const answered = order.slice(middle)
    let covered = 0
    for (const row of answered) {
      const mine = probabilities.slice(row * classes, (row + 1) * classes)
      const first = mine.indexOf(Math.max(...mine))
      const set = mine.flatMap((p, c) => (c === first || 1 - p <= limit ? [c] : []))
      emptiest = Math.min(emptiest, set.length)
      if (set.includes(targets[row]!)) covered += 1
    }
    held += covered / answered.length
  }
  return { coverage: held / halves, emptiest }
}

const [run, ...kinds] = process.argv.slice(2)
if (run === undefined) throw new Error('RUN KIND=FOLDER…')
enter(process.env)
const folders = currentFolders()
const { signal } = new AbortController()
const classifier = await openClassifier({
  ...{ home: folders.home, paths: dataPaths(folders), model: { run }, signal },
  how: { top: 5, mirrored: false, times: false },
})
const { knowledge } = classifier
if (!knowledge) throw new Error('the run’s validation photos are gone')
const { distances } = calibrationOf(knowledge)
const limit = strangerLimit(distances, keep)
console.log(
  JSON.stringify({ validation: knowledge.targets.length, temperature: knowledge.temperature, limit }),
)
console.log(JSON.stringify({ promise, halves, ...coverage(knowledge) }))
for (const kind of kinds) {
  const [name, folder] = kind.split('=') as [string, string]
  const { photos } = await findPhotos(folder, '', { signal })
  let found = 0
  let read = 0
  const files = photos.map((photo) => path.join(folder, photo))
  for await (const { distance } of classifier.answer(files, 0, signal)) {
    if (distance === null) continue
    read += 1
    if (distance > limit) found += 1
  }
  console.log(JSON.stringify({ kind: name, photos: read, strangers: found, share: found / read }))
}
classifier.close()
process.exit()
