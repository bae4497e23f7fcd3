import path from 'node:path'
import { stringify } from 'csv-stringify'
import type { Answer, ClassifyModel } from '../../../shared/api/classify.ts'
import { ThawError } from '../../../shared/errors.ts'
import { wilson } from '../../../shared/metrics.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import { starterWeights } from '../backend/vendor.ts'
import type { JudgedPhoto, KeptClassification } from '../classify/kept.ts'
import { classOfFolder } from '../classify/kept.ts'
import { csvOptions, tableColumns, tableRow } from '../classify/table.ts'
import { exists, writeAtomic } from '../files.ts'
import { classificationIds, removeClassification } from '../store/classifications.ts'
import { readSettings } from '../store/settings.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { fileName, offer } from './offers.ts'

type ClassifyCall = Extract<keyof LibraryHandlers, `classify.${string}`>

/** What a person chose in the settings, if it is still there; the newest run that has weights; else the starter weights. @throws ThawError weights.none */
async function defaultModel({ runs, paths }: Library): Promise<{ model: ClassifyModel; name: string }> {
  const able = (await runs.list()).runs.filter(({ best, state }) => best && state !== 'running')
  const { classifyWith: chosen } = await readSettings(paths.settings)
  if (chosen && 'file' in chosen && (await exists(chosen.file)))
    return { model: chosen, name: path.basename(chosen.file) }
  if (chosen && 'backbone' in chosen && (chosen.weights === null || (await exists(chosen.weights))))
    return { model: chosen, name: networkOf(chosen.backbone).title }
  const wanted = chosen && 'run' in chosen ? chosen.run : undefined
  const run = able.find(({ id }) => id === wanted) ?? able[0]
  if (run) return { model: { run: run.id }, name: run.name }
  const starter = starterWeights()
  if (!starter) throw new ThawError('weights.none', { network: networkOf('efficientnet-lite0').title })
  const { network: backbone } = starter
  return { model: { backbone, weights: null, labels: null }, name: networkOf(backbone).title }
}

/**
 * First answers by where each photo is now, of each alone: two networks are compared, not what bursts have voted. A photo that could
 * not be read has none.
 */
async function firstAnswers(
  kept: KeptClassification,
): Promise<Map<string, { path: string; index: number; first: Answer }>> {
  const found = new Map<string, { path: string; index: number; first: Answer }>()
  const alone = { ...(await kept.settings()), bursts: false }
  const here = await kept.whereabouts()
  for await (const { path: file, index, top } of kept.judged(0, alone)) {
    const [first] = top
    if (first) found.set(await here(file), { path: file, index, first })
  }
  return found
}

/** A photo that both networks answered. */
interface Pair {
  path: string
  /** Where it lay when the earlier one answered: a folder that filing made says what a network thinks, not what is true. */
  was: string
  index: number
  a: Answer
  b: Answer
}

/** How many of the photos whose folder is named like a class of both each answers right; null if there are none. */
function rightOf(pairs: readonly Pair[], classes: ReadonlySet<string>) {
  const known = pairs.filter((pair) => classes.has(classOfFolder(pair.was)))
  const isRight = (pair: Pair, by: 'a' | 'b') => pair[by].class === classOfFolder(pair.was)
  const score = (by: 'a' | 'b') => {
    const correct = known.filter((pair) => isRight(pair, by)).length
    return {
      accuracy: correct / known.length,
      correct,
      total: known.length,
      interval: wilson(correct, known.length),
    }
  }
  if (known.length === 0) return null
  return {
    ...{ a: score('a'), b: score('b') },
    onlyA: known.filter((pair) => isRight(pair, 'a') && !isRight(pair, 'b')).length,
    onlyB: known.filter((pair) => isRight(pair, 'b') && !isRight(pair, 'a')).length,
  }
}

/** The command line's table, and what was made of each photo, by a person too. */
async function* asCsv(photos: AsyncIterable<JudgedPhoto>, classes: number): AsyncGenerator<string> {
  const columns = [...tableColumns(classes), 'verdict', 'answer']
  const table = stringify({ ...csvOptions, bom: true })
  const feed = async () => {
    table.write(columns)
    for await (const { path: photo, top, error, verdict, answer } of photos)
      table.write([...tableRow({ photo, top, error: error?.message }, classes), verdict, answer ?? ''])
    table.end()
  }
  const fed = feed()
  for await (const chunk of table) yield String(chunk)
  await fed
}

async function* asJson(photos: AsyncIterable<JudgedPhoto>): AsyncGenerator<string> {
  let before = '[\n'
  for await (const { path: photo, verdict, answer, top, error } of photos) {
    yield `${before}${JSON.stringify({ photo, verdict, answer, top, error })}`
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

export function classificationHandlers(library: Library): Pick<LibraryHandlers, ClassifyCall> {
  const { paths, pictures, classifications, emit } = library
  const open = (id: string): KeptClassification => classifications.of(id)
  const changed = () => emit('classify.changed', {})
  const pictureOf = (id: string, index: number) => pictures.idOfSelected(id, index)

  return {
    'classify.default': () => defaultModel(library),

    'classify.list': async () => {
      const summaries = (await classificationIds(paths.classifications)).map((id) =>
        open(id)
          .summary()
          .catch(() => undefined),
      )
      const found = (await Promise.all(summaries)).filter((it) => it !== undefined)
      return { classifications: found.toSorted((a, b) => b.created.localeCompare(a.created)) }
    },

    'classify.get': ({ classification }) => open(classification).summary(),

    'classify.rename': async ({ classification, name }) => {
      await open(classification).rename(name)
      changed()
      return open(classification).summary()
    },

    'classify.remove': async ({ classification }) => {
      await removeClassification(open(classification).folder)
      classifications.forget(classification)
      changed()
      return {}
    },

    'classify.answers': async ({ classification, from, limit, only }) => {
      const { photos, next, done } = await open(classification).page(from, limit, only)
      const answers = photos.map((photo) => ({ ...photo, picture: pictureOf(classification, photo.index) }))
      return { answers, next, done }
    },

    'classify.review': ({ classification, settings }) => open(classification).review(settings),

    'classify.decide': async ({ classification, decisions, undecided }) => {
      await open(classification).decide([...decisions, ...undecided.map((index) => ({ index }))])
      return {}
    },

    'classify.shared': async ({ classification }) => {
      const own = new Set(await open(classification).photos())
      const shared: { classification: string; photos: number }[] = []
      for (const id of await classificationIds(paths.classifications)) {
        if (id === classification) continue
        // Another one may be removed meanwhile.
        const theirs = await open(id)
          .photos()
          .catch(() => [])
        const photos = theirs.filter((file) => own.has(file)).length
        if (photos > 0) shared.push({ classification: id, photos })
      }
      return { shared }
    },

    'classify.compare': async ({ a, b, limit }) => {
      const [ours, theirs] = [await firstAnswers(open(a)), await firstAnswers(open(b))]
      const [aboutA, aboutB] = [await open(a).about(), await open(b).about()]
      const isOlder = aboutA.created <= aboutB.created
      const both = [...ours].flatMap(([file, one]): Pair[] => {
        const other = theirs.get(file)
        if (!other) return []
        const was = isOlder ? one.path : other.path
        return [{ path: file, was, index: one.index, a: one.first, b: other.first }]
      })
      const ofB = new Set(aboutB.classes)
      const shared = new Set(aboutA.classes.filter((name) => ofB.has(name)))
      const differ = both.filter((photo) => photo.a.class !== photo.b.class)
      return {
        photos: both.length,
        same: both.length - differ.length,
        right: rightOf(both, shared),
        differ: differ.slice(0, limit).map(({ path: file, index, a: first, b: second }) => ({
          ...{ path: file, picture: pictureOf(a, index), a: first, b: second },
        })),
      }
    },

    'classify.export': async ({ classification, format }) => {
      const kept = open(classification)
      const { name, classes, top } = await kept.summary().then(async (summary) => ({
        ...summary,
        top: (await kept.about()).how.top,
      }))
      const columns = Math.min(top, classes.length)
      return offer(library, `${classification}-${format}`, fileName(name, format), (target) =>
        writeAtomic(target, format === 'csv' ? asCsv(kept.found(), columns) : asJson(kept.found())),
      )
    },
  }
}
