/**
 * `node scripts/node24.mjs bench/bankFill.ts FOLDER [--photos 400] [--rounds 3] [--network efficientnet-lite0]`: how many photos a second
 * the feature bank takes in, beside how many `thaw classify` answers, decoding included in both: the same network, and copies of the
 * folder's photos that all differ in their contents. They take turns, in one process that has looked at some photos before. One JSON object
 * a row; processor time is all threads'.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { bankOf } from '../src/main/engine/bank/bank.ts'
import type { BankPhoto } from '../src/main/engine/bank/bank.ts'
import { openFeatureNetwork } from '../src/main/engine/bank/datasetBank.ts'
import { sha256Of } from '../src/main/engine/checksum.ts'
import { openClassifier } from '../src/main/engine/classify/classifier.ts'
import { enter } from '../src/main/engine/environment.ts'

enter(process.env)
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    photos: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '3' },
    network: { type: 'string', default: 'efficientnet-lite0' },
  },
})
const count = Number(values.photos)
const backbone = values.network
/** Photos that both look at before anything is measured. */
const warmUp = 40
const { signal } = new AbortController()

/** Copies with a few bytes of their own behind the picture, which no decoder reads. */
async function copies(from: string, to: string): Promise<BankPhoto[]> {
  const names = (await readdir(from, { recursive: true })).filter((name) => /\.jpe?g$/i.test(name))
  await mkdir(to)
  const photos: BankPhoto[] = []
  for (let i = 0; i < count; i += 1) {
    const file = path.join(to, `${i}.jpg`)
    const own = Buffer.from(`copy ${i}`)
    await writeFile(file, Buffer.concat([await readFile(path.join(from, names[i % names.length]!)), own]))
    photos.push({ file, hash: await sha256Of(file) })
  }
  return photos
}

/** Photos a second, and milliseconds of processor time a photo. */
async function measured(
  photos: number,
  act: () => Promise<void>,
): Promise<{ rate: number; processor: number }> {
  const [began, before] = [performance.now(), process.cpuUsage()]
  await act()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  return { rate: photos / seconds, processor: (user + system) / 1000 / photos }
}

const home = await mkdtemp(path.join(os.tmpdir(), 'thaw-bank-'))
try {
  const photos = await copies(path.resolve(positionals[0]!), path.join(home, 'photos'))
  const network = await openFeatureNetwork(home, { backbone, weights: null })
  const how = { top: 5, mirrored: false, times: false }
  const model = { backbone, weights: null, labels: null }
  const classifier = await openClassifier({ home, model, how, signal })
  let stores = 0
  const fill = async (some: readonly BankPhoto[]) => {
    const folder = path.join(home, `features-${(stores += 1)}`)
    const { computed } = await bankOf({ ...network, sha256: network.body, photos: some, folder }, {})
    if (computed !== some.length) throw new Error(`The bank took in ${computed} of ${some.length}`)
  }
  const answer = async (some: readonly BankPhoto[]) => {
    const files = some.map(({ file }) => file)
    for await (const answered of classifier.classify(files, signal))
      if ('error' in answered) throw new Error(`${answered.photo} could not be read`)
  }
  await fill(photos.slice(0, warmUp))
  await answer(photos.slice(0, warmUp))
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const bank = await measured(count, () => fill(photos))
    const classify = await measured(count, () => answer(photos))
    console.log(
      JSON.stringify({
        ...{ photos: count, backbone },
        bankPerSecond: Number(bank.rate.toFixed(1)),
        classifyPerSecond: Number(classify.rate.toFixed(1)),
        ratio: Number((bank.rate / classify.rate).toFixed(3)),
        bankProcessorMs: Number(bank.processor.toFixed(2)),
        classifyProcessorMs: Number(classify.processor.toFixed(2)),
        processorRatio: Number((classify.processor / bank.processor).toFixed(3)),
      }),
    )
  }
  classifier.close()
  network.opened.weights.dispose()
} finally {
  await rm(home, { recursive: true, force: true })
}
