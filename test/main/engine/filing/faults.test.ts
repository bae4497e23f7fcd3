import path from 'node:path'
import { expect, it } from 'vitest'
import type { FileLayer } from '../../../../src/main/engine/filing/fileLayer.ts'
import { Filing, storePlan } from '../../../../src/main/engine/filing/filing.ts'
import type { KeywordWriter } from '../../../../src/main/engine/filing/keywords.ts'
import type { How } from '../../../../src/shared/api/filing.ts'
import { isTagging } from '../../../../src/shared/api/filing.ts'
import type { Act, FilingPlan } from '../../../../src/main/engine/filing/list.ts'
import { filesPhoto } from '../../../../src/main/engine/filing/list.ts'
import { faultyDisk, Killed, randomOf } from '../../../support/filing/faultyDisk.ts'
import { MemoryDisk } from '../../../support/filing/memoryDisk.ts'

/** All seeds: `FILING_SEEDS=2000`, from another one on: `FILING_FROM=5000`; one that failed: `FILING_SEED=17`. */
const first = Number(process.env.FILING_FROM ?? 0)
const seeds = process.env.FILING_SEED
  ? [Number(process.env.FILING_SEED)]
  : Array.from({ length: Number(process.env.FILING_SEEDS ?? 50) }, (_, i) => first + i)
const photos = Number(process.env.FILING_PHOTOS ?? 50)

interface Original {
  file: string
  bytes: Buffer
  modified: number
  mode: number
  /** What a file manager has stored beside it. */
  tags: string | undefined
}

/** Photos of different bytes on one disk, to be filed on the same or another one; classes repeat, one folder is there already. */
async function prepared(disk: MemoryDisk, random: () => number) {
  const how = (['copy', 'move', 'keywords', 'link', 'untag'] as const)[Math.floor(random() * 5)]!
  const target = random() < 0.5 ? '/one/sorted' : '/two/sorted'
  for (const folder of ['/one', '/two', '/data', '/one/photos', target, `${target}/ants`])
    await disk.makeFolder(folder)
  const originals: Original[] = []
  const acts: Act[] = []
  for (let i = 0; i < photos; i += 1) {
    const file = `/one/photos/photo ${i}.jpg`
    const bytes = Buffer.from(`${i}: ${'x'.repeat(Math.floor(random() * 200))}`)
    await disk.write(file, bytes)
    const mode = random() < 0.2 ? 0o444 : 0o644
    await disk.setMode(file, mode)
    const tags = random() < 0.5 ? `tag ${i}` : undefined
    if (tags !== undefined) disk.nodes.get(file)!.attributes.set('user.xdg.tags', tags)
    const { modified } = (await disk.facts(file))!
    const to = isTagging(how) ? file : `${target}/${['ants', 'bees'][i % 2]}/photo ${i}.jpg`
    if (!isTagging(how) && i % 2 === 0 && random() < 0.2) await putInTheWay(disk, to, acts, originals)
    originals.push({ file, bytes, modified, mode, tags })
    const keyword = isTagging(how) ? { keyword: ['Thaw', 'ants'] } : {}
    acts.push({ act: how, from: file, to, bytes: bytes.length, modified, renamed: false, ...keyword })
  }
  return { how, target, originals, acts }
}

/** A file that has the name which the next photo gets, and is to be set aside for it. */
async function putInTheWay(disk: MemoryDisk, file: string, acts: Act[], originals: Original[]) {
  const bytes = Buffer.from(`in the way ${acts.length}`)
  await disk.write(file, bytes)
  const { modified, mode } = (await disk.facts(file))!
  originals.push({ file, bytes, modified, mode, tags: undefined })
  const to = `/data/filing/replaced/${acts.length}.jpg`
  acts.push({ act: 'set-aside', from: file, to, bytes: bytes.length, modified, renamed: false })
}

const planOf = (how: How, target: string, acts: Act[]): FilingPlan => ({
  ...{
    format: 1,
    id: 'id',
    created: '',
    how,
    target,
    pattern: '',
    acts,
    left: [],
    needs: 0,
    free: 0,
    inside: null,
  },
})

/** Writes as ExifTool does: another file in the place of the photo. */
async function rewrite(disk: FileLayer, file: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  const bytes = await disk.read(file)
  await disk.remove(file)
  await disk.write(file, change(bytes))
}

const writer = (disk: FileLayer): KeywordWriter => ({
  add: (file, keyword) =>
    rewrite(disk, file, (bytes) =>
      Buffer.concat([bytes.subarray(0, 2), Buffer.from(keyword.join('|')), bytes.subarray(2)]),
    ),
  remove: async (file) => {
    await rewrite(disk, file, (bytes) => Buffer.concat([Buffer.from('-'), bytes]))
    return 1
  },
  has: () => Promise.resolve(true),
  close: () => Promise.resolve(),
})

/** Opens the filing and works at it as a new process would, until that process is killed. */
async function attempt(disk: FileLayer, work: (filing: Filing) => AsyncGenerator): Promise<boolean> {
  try {
    const steps = work(await Filing.open('/data/filing', { files: disk, keywords: writer(disk) }))
    let step = await steps.next()
    while (!step.done) step = await steps.next()
    return true
  } catch (error) {
    // A disk that fails may end it as well; whoever starts it again sees it go on.
    if (error instanceof Killed || (error as { code?: unknown }).code !== undefined) return false
    throw error
  }
}

/** Every file below a folder, with its bytes. */
const filesIn = (disk: MemoryDisk, folder: string): [string, Buffer][] =>
  [...disk.nodes]
    .filter(([file, { kind }]) => kind === 'file' && file.startsWith(`${folder}/`))
    .map(([file, { bytes }]) => [file, bytes])

function requireSafe(disk: MemoryDisk, how: How, filing: Filing, originals: readonly Original[]): void {
  const everywhere = ['/one', '/two', '/data/filing/replaced'].flatMap((folder) => filesIn(disk, folder))
  for (const { number, state, act } of filing.outcomes) {
    const { bytes, tags } = originals[number]!
    const places = everywhere.filter(([, found]) => found.equals(bytes)).map(([file]) => file)
    const done = state === 'done' || state === 'kept'
    const tagged = done && how !== 'link' ? act.to : act.from
    expect([act.from, disk.nodes.get(tagged)?.attributes.get('user.xdg.tags')]).toEqual([act.from, tags])
    if (act.act === 'set-aside' || how === 'move') expect(places).toEqual([done ? act.to : act.from])
    else if (how === 'copy')
      expect(places.toSorted()).toEqual(done ? [act.from, act.to].toSorted() : [act.from])
    else if (how === 'link') expect(places).toEqual([act.from])
    else expect(places).toEqual(done ? [] : [act.from])
  }
  expect(everywhere.filter(([file]) => path.basename(file).startsWith('.'))).toEqual([])
  expect(everywhere.length).toBe(
    how === 'copy'
      ? originals.length +
          filing.outcomes.filter(
            ({ state, act }) => filesPhoto(act) && (state === 'done' || state === 'kept'),
          ).length
      : originals.length,
  )
}

it.each(seeds)(
  'nothing is lost and nothing is twice, whatever fails (seed %i)',
  // By the clock, on a machine that does other work too.
  { timeout: 60_000 * Math.max(1, photos / 50) },
  async (seed) => {
    const random = randomOf(seed)
    const disk = new MemoryDisk()
    const { how, target, originals, acts } = await prepared(disk, random)
    await storePlan('/data/filing', planOf(how, target, acts), disk)
    const faulty = () => faultyDisk(disk, random, { fault: random() * 0.03, kill: random() * 0.01 })

    for (let tries = 0; tries < 5 && !(await attempt(faulty(), (filing) => filing.run())); tries += 1);
    let filing = await Filing.open('/data/filing', { files: disk, keywords: writer(disk) })
    await filing.settle()
    requireSafe(disk, how, filing, originals)
    expect(await attempt(disk, (it) => it.run())).toBe(true)

    for (let tries = 0; tries < 5 && !(await attempt(faulty(), (it) => it.undo())); tries += 1);
    filing = await Filing.open('/data/filing', { files: disk, keywords: writer(disk) })
    await filing.settle()
    requireSafe(disk, how, filing, originals)

    expect(await attempt(disk, (it) => it.undo())).toBe(true)
    for (const { file, bytes, modified, mode, tags } of originals) {
      const facts = await disk.facts(file)
      expect({
        file,
        bytes: (await disk.read(file)).toString(),
        modified: facts?.modified,
        mode: facts?.mode,
        tags: disk.nodes.get(file)?.attributes.get('user.xdg.tags'),
      }).toEqual({
        ...{ file, bytes: bytes.toString(), modified, mode, tags },
      })
    }
    const inTheWay = acts.filter((act) => !filesPhoto(act)).map(({ from }) => from)
    expect([...disk.nodes.keys()].filter((file) => file.startsWith(target)).toSorted()).toEqual(
      [target, `${target}/ants`, ...inTheWay].toSorted(),
    )
  },
)
