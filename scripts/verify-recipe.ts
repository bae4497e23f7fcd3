/**
 * `npm run verify:recipe [-- --weights FILE] [-- --photos FOLDER]`: trains VGG16 as the recipe does, from ImageNet's official
 * weights on the ants and bees, and says whether the accuracies lie where the recipe's do. What is not given is fetched.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { RunConfig } from '../src/shared/config.ts'
import { plainError, ThawError } from '../src/shared/errors.ts'
import type { Score } from '../src/shared/metrics.ts'
import { scanDataset } from '../src/main/engine/datasets/scan.ts'
import { bytesOf } from '../src/main/engine/files.ts'
import { fetchRecipePhotos } from '../src/main/engine/library/recipePhotos.ts'
import { enter } from '../src/main/engine/environment.ts'
import { currentFolders, dataPaths } from '../src/main/engine/store/paths.ts'
import { train } from '../src/main/engine/training/train.ts'
import { knownWeights } from '../src/main/engine/weights/catalogue.ts'
import { fetchWeights } from '../src/main/engine/weights/fetch.ts'
import { ensureSetup } from './setup/ensure.ts'

/** Where the recipe's validation accuracies lie after its first epoch of training. */
const expected = { from: 0.93, to: 0.97 }

/** The recipe's two ways: only the new last layer learns, or everything at three rates. */
const ways = [
  { title: 'head only', plan: 'head-only' },
  { title: 'three rates', plan: 'recipe' },
] as const

const { values: given } = parseArgs({
  options: { weights: { type: 'string' }, photos: { type: 'string' } },
})
enter(process.env)
const folders = currentFolders()
const paths = dataPaths(folders)

/** Tells of a download: its address, and each tenth of it. */
function told(what: string) {
  let shown = -1
  return {
    onConnection: (url: string) => console.error(`Fetching ${what} from ${url}`),
    onProgress: ({ received, total }: { received: number; total?: number }) => {
      const tenth = total === undefined ? 0 : Math.floor((received / total) * 10)
      if (tenth > shown) console.error(`  ${tenth * 10}%`)
      shown = Math.max(shown, tenth)
    },
  }
}

async function officialWeights(): Promise<string> {
  if (given.weights !== undefined) return path.resolve(given.weights)
  const known = knownWeights.find(({ network }) => network === 'vgg16')!
  const file = path.join(paths.weights, known.file)
  if ((await bytesOf(file)) !== undefined) return file
  const signal = new AbortController().signal
  const options = { ...told('VGG16’s weights'), signal }
  return fetchWeights(known, paths.weights, { mirror: null, proxy: null }, options)
}

async function trained(plan: 'head-only' | 'recipe', weights: string, photos: string): Promise<Score> {
  const config = RunConfig.parse({ backbone: 'vgg16', weights, plan, epochs: 1 })
  const dataset = await scanDataset(photos, { seed: config.seed, cacheFolder: paths.scans })
  const folder = await mkdtemp(path.join(os.tmpdir(), 'thaw-verify-'))
  try {
    let best: Score | undefined
    for await (const event of train({ home: folders.home, folder, dataset, config })) {
      if (event.type === 'batch')
        console.error(`  batch ${event.batch} of ${event.batches}: loss ${event.loss.toFixed(4)}`)
      if (event.type === 'finished') best = event.best
    }
    return best!
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function main(): Promise<number> {
  await ensureSetup()
  const weights = await officialWeights()
  const photos = given.photos ?? (await fetchRecipePhotos(paths.samples, told('the recipe’s photos')))
  let outside = 0
  for (const { title, plan } of ways) {
    console.error(`VGG16, ${title}, one epoch:`)
    const { accuracy, correct, total, interval } = await trained(plan, weights, photos)
    const within = accuracy >= expected.from && accuracy <= expected.to
    if (!within) outside += 1
    console.log(
      `${title}: ${accuracy.toFixed(3)} (${correct} of ${total}, 95%: ${interval.map((it) => it.toFixed(3)).join('–')}), ${within ? 'within' : 'OUTSIDE'} the recipe’s ${expected.from}–${expected.to}`,
    )
  }
  return outside === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  const { message, advice } = plainError(error)
  console.error(`${message} ${advice}`)
  if (error instanceof ThawError && error.code === 'download.failed')
    console.error(
      'Without the internet, give what you have: npm run verify:recipe -- --weights vgg16-397923af.pth --photos hymenoptera_data',
    )
  process.exitCode = error instanceof ThawError ? error.exit : 3
}
// TensorFlow's and the decoders' threads would keep the process.
process.exit()
