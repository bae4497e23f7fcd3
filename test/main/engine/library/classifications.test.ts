/** Classifications that are kept, as the window and other programs ask for them: compared, and filed by what a person said. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { imagenetLabels, koreanNames } from '../../../../src/main/engine/classify/labels.ts'
import type { LibraryHandlers } from '../../../../src/main/engine/library/context.ts'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import { openLibrary } from '../../../../src/main/engine/library/open.ts'
import { ReviewSettings } from '../../../../src/shared/api/classify.ts'
import { plainError, ThawError } from '../../../../src/shared/errors.ts'
import { testFolder } from '../../../support/engine/host.ts'
import { put } from '../../../support/folder.ts'

const context = { signal: new AbortController().signal, progress: () => undefined }

async function aLibrary(home: string) {
  const { handlers, close } = await openLibrary({ home, cache: path.join(home, 'cache') }, () => undefined)
  onTestFinished(close)
  return async <M extends keyof LibraryHandlers>(
    name: M,
    input: Parameters<LibraryHandlers[M]>[0],
  ): Promise<Awaited<ReturnType<LibraryHandlers[M]>>> =>
    (await (handlers[name] as (input: unknown, given: typeof context) => unknown)(input, context)) as Awaited<
      ReturnType<LibraryHandlers[M]>
    >
}

const classes = ['ants', 'bees']

/** A classification as the trainer leaves it: a line a photo, with the place of the class that was answered. */
async function classified(
  home: string,
  id: string,
  photos: readonly string[],
  answers: readonly number[],
  {
    taken = null,
    created = '2026-11-28T12:00:00.000Z',
    distances = [],
    names = classes,
  }: { taken?: number | null; created?: string; distances?: readonly number[]; names?: string[] } = {},
) {
  const folder = path.join(home, 'classifications', id)
  await mkdir(folder, { recursive: true })
  const about = {
    ...{ format: 1, id, name: id, created, model: { run: 'r' }, modelName: id },
    ...{
      how: { top: 5, mirrored: false, times: false },
      classes: names,
      watch: [],
      finished: true,
      seconds: 1,
    },
  }
  await writeFile(path.join(folder, 'about.json'), JSON.stringify(about))
  await writeFile(path.join(folder, 'photos.json'), JSON.stringify(photos))
  const lines = photos.map((file, index) => {
    const first = answers[index]!
    const top = [first, (first + 1) % names.length].map((it, i) => ({
      index: it,
      class: names[it]!,
      probability: i ? 0.1 : 0.9,
    }))
    return `${JSON.stringify({ index, path: file, top, error: null, distance: distances[index] ?? null, taken })}\n`
  })
  await writeFile(path.join(folder, 'answers.jsonl'), lines.join(''))
}

test('Two networks are compared on the photos that both answered, also by how many each has right', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = ['ants/1', 'ants/2', 'bees/3', 'bees/4', 'meadow/5'].map((it) =>
    path.join(home, `${it}.jpg`),
  )
  await classified(home, 'one', photos, [0, 0, 0, 1, 0])
  await classified(home, 'two', photos.slice(0, 4), [0, 1, 1, 1])
  const found = await call('classify.compare', { a: 'one', b: 'two', limit: 10 })
  expect(found).toMatchObject({ photos: 4, same: 2 })
  expect(found.differ.map((it) => path.basename(it.path))).toEqual(['2.jpg', '3.jpg'])
  expect(found.right).toMatchObject({
    ...{ a: { correct: 3, total: 4, accuracy: 0.75 }, b: { correct: 3, total: 4 } },
    ...{ onlyA: 1, onlyB: 1 },
  })
  // Wilson's interval of 3 of 4, as statsmodels' proportion_confint gives it.
  expect(found.right!.a.interval[0]).toBeCloseTo(0.3006, 4)
  expect(found.right!.a.interval[1]).toBeCloseTo(0.9544, 4)
})

test('Which classifications have photos in common is told with how many, and nothing of those that have none', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = ['a/1', 'a/2', 'a/3', 'b/4'].map((it) => path.join(home, `${it}.jpg`))
  await classified(home, 'one', photos.slice(0, 3), [0, 0, 0])
  await classified(home, 'two', photos.slice(1), [0, 1, 1])
  await classified(home, 'three', photos.slice(3), [1])
  expect(await call('classify.shared', { classification: 'one' })).toEqual({
    shared: [{ classification: 'two', photos: 2 }],
  })
})

test('A photo that could not be read is neither right nor wrong', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = ['ants/1', 'ants/2', 'bees/3'].map((it) => path.join(home, `${it}.jpg`))
  await classified(home, 'one', photos, [0, 1, 1])
  const file = path.join(home, 'classifications', 'one', 'answers.jsonl')
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const unread = {
    ...JSON.parse(lines[1]!),
    top: [],
    error: plainError(new ThawError('photo.empty')),
  } as object
  await writeFile(file, `${[lines[0], JSON.stringify(unread), lines[2]].join('\n')}\n`)
  const summary = await call('classify.get', { classification: 'one' })
  expect(summary).toMatchObject({ done: 3, failed: 1, accuracy: { correct: 2, total: 2, accuracy: 1 } })
  // Nor is it a photo that two networks agree on, whether one of them could read it or none.
  await classified(home, 'two', photos, [0, 1, 0])
  const found = await call('classify.compare', { a: 'one', b: 'two', limit: 9 })
  expect(found).toMatchObject({ photos: 2, same: 1, right: { a: { total: 2 }, b: { correct: 1, total: 2 } } })
  expect(found.differ.map((it) => path.basename(it.path))).toEqual(['3.jpg'])
})

test('Where no folder is named like a class nothing is said of who is right', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = [path.join(home, 'meadow/5.jpg')]
  await classified(home, 'one', photos, [0])
  await classified(home, 'two', photos, [1])
  expect((await call('classify.compare', { a: 'one', b: 'two', limit: 10 })).right).toBeNull()
})

test('To learn from are the photos that a person gave a class, not those with a group', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => put(path.join(home, 'in', `${name}.jpg`), name)),
  )
  await classified(home, 'one', photos, [0, 0, 0, 0])
  const settings = {
    ...{ promise: 0.95, keep: null, unsureBelow: 0.7, bursts: false },
    groups: [{ name: 'insects', classes }],
  }
  await call('classify.review', { classification: 'one', settings })
  const decisions = [
    { index: 0, answer: 'bees' },
    { index: 1, answer: 'insects' },
    { index: 2, answer: null },
  ]
  await call('classify.decide', { classification: 'one', decisions, undecided: [] })
  const target = path.join(await testFolder(), 'data')
  const common = {
    classification: 'one',
    how: 'copy',
    target,
    pattern: '{class}/{name}',
    clash: 'number',
  } as const
  const planned = async (only: 'answered' | 'decided' | 'labelled') => {
    const { id } = await call('filing.plan', { ...common, only, language: 'en', choices: {}, prefix: 'Thaw' })
    const { acts } = await call('filing.acts', { filing: id, only: 'all', offset: 0, limit: 100 })
    return acts.map(({ to }) => path.relative(target, to))
  }
  expect(await planned('labelled')).toEqual(['bees/a.jpg'])
  expect(await planned('decided')).toEqual(['bees/a.jpg', 'insects/b.jpg'])
  expect(await planned('answered')).toEqual(['bees/a.jpg', 'insects/b.jpg', 'ants/d.jpg'])
})

test('Folders get the Korean names of ImageNet’s classes where that is wanted: two of one English name apart, a group by its own', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = ['bird', 'machine', 'answered', 'grouped'].map((it) => path.join(home, 'in', `${it}.jpg`))
  for (const photo of photos) await put(photo, photo)
  await classified(home, 'one', photos, [134, 517, 0, 0], { names: await imagenetLabels() })
  const settings = ReviewSettings.parse({ groups: [{ name: 'fish', classes: ['tench', 'goldfish'] }] })
  await call('classify.review', { classification: 'one', settings })
  const decisions = [
    { index: 2, answer: 'goldfish' },
    { index: 3, answer: 'fish' },
  ]
  await call('classify.decide', { classification: 'one', decisions, undecided: [] })
  const target = await testFolder()
  const planned = async (language: 'en' | 'ko') => {
    const { id } = await call('filing.plan', {
      ...{ classification: 'one', how: 'copy', target, pattern: '{class}/{name}', clash: 'number', language },
      ...{ only: 'answered', choices: {}, prefix: '' },
    })
    const { acts } = await call('filing.acts', { filing: id, only: 'all', offset: 0, limit: 9 })
    return acts.map(({ to }) => path.relative(target, to))
  }
  expect(await planned('ko')).toEqual([
    '두루미/bird.jpg',
    '기중기/machine.jpg',
    '금붕어/answered.jpg',
    'fish/grouped.jpg',
  ])
  expect(await planned('en')).toEqual([
    'crane/bird.jpg',
    'crane/machine.jpg',
    'goldfish/answered.jpg',
    'fish/grouped.jpg',
  ])
})

test('A group that is called like one of its classes keeps its name in Korean too', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photo = await put(path.join(home, 'in', 'fish.jpg'), 'fish')
  await classified(home, 'one', [photo], [0], { names: await imagenetLabels() })
  // One of both, and not which.
  const groups = [{ name: 'goldfish', classes: ['tench', 'goldfish'] }]
  const settings = ReviewSettings.parse({ groups, unsureBelow: 0.95 })
  await call('classify.review', { classification: 'one', settings })
  const { id } = await call('filing.plan', {
    ...{ classification: 'one', how: 'copy', target: await testFolder(), pattern: '{class}/{name}' },
    ...{ clash: 'number', language: 'ko', only: 'answered', choices: {}, prefix: '' },
  })
  const { acts } = await call('filing.acts', { filing: id, only: 'all', offset: 0, limit: 9 })
  expect(acts.map(({ to }) => path.basename(path.dirname(to)))).toEqual(['goldfish'])
})

test('A class of one’s own that is called as one of ImageNet’s keeps its name in Korean', async () => {
  expect(await koreanNames(['crane', 'goldfish', 'bees'])).toEqual(new Map([[1, '금붕어']]))
})

test('A decision about a photo that a classification does not have is refused, and none of those beside it is kept', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  await classified(home, 'one', [path.join(home, 'meadow/1.jpg')], [0])
  const decide = (index: number) =>
    call('classify.decide', {
      ...{ classification: 'one', undecided: [] },
      decisions: [0, index].map((it) => ({ index: it, answer: 'bees' })),
    })
  await expect(decide(1)).rejects.toMatchObject({ code: 'not-found' })
  const { counts } = await call('classify.review', { classification: 'one' })
  expect(counts.decided).toBe(0)
  await decide(0)
  expect((await call('classify.review', { classification: 'one' })).counts.decided).toBe(1)
})

test('Taken off are keywords of all photos that could be read, those in the tray among them', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const file = await put(path.join(home, 'meadow/1.jpg'), 'no photo')
  await classified(home, 'one', [file], [0])
  const common = {
    classification: 'one',
    how: 'untag',
    pattern: '{name}',
    clash: 'skip',
    choices: {},
  } as const
  const plan = await call('filing.plan', { ...common, only: 'decided', language: 'en', prefix: 'Thaw' })
  expect(plan).toMatchObject({ how: 'untag', acts: 0, left: 1 })
})

test('Who answers by default is whom the settings name, as long as it is there', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const file = await put(path.join(home, 'own.safetensors'), 'weights')
  await call('settings.set', { classifyWith: { file, labels: null } })
  expect(await call('classify.default', {})).toEqual({
    model: { file, labels: null },
    name: 'own.safetensors',
  })
  await call('settings.set', { classifyWith: { file: path.join(home, 'gone.pth'), labels: null } })
  const found = await call('classify.default', {}).catch((error: unknown) => error)
  expect(found).not.toMatchObject({ name: 'gone.pth' })
})

/** What validation photos say of a network that is far too sure of itself. */
async function knownOf(home: string, id: string, distances: readonly number[] = []): Promise<void> {
  const knowledge = {
    ...{ format: 1, classes: 2, temperature: 2, targets: [0, 1], probabilities: [0.8, 0.2, 0.3, 0.7] },
    ...{ distances, channels: 0 },
  }
  await writeFile(path.join(home, 'classifications', id, 'knowledge.json'), JSON.stringify(knowledge))
}

/** What was exported under this name. */
async function exported(home: string, download: string): Promise<string> {
  const folder = path.join(home, 'cache', 'exports', download)
  const [file] = await readdir(folder)
  return readFile(path.join(folder, file!), 'utf8')
}

test('What is shown, compared and exported of a photo is the probability that it was judged by', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = [path.join(home, 'meadow/1.jpg')]
  await classified(home, 'one', photos, [0])
  const first = async (id: string) =>
    (await call('classify.answers', { classification: id, from: 0, limit: 9 })).answers[0]!
  expect((await first('one')).top.map((it) => it.probability)).toEqual([0.9, 0.1])

  await classified(home, 'two', photos, [0])
  await knownOf(home, 'two')
  // √0.9 : √0.1 = 3 : 1.
  const calibrated = [0.75, 0.25]
  const { top, set } = await first('two')
  top.forEach(({ probability }, i) => expect(probability).toBeCloseTo(calibrated[i]!, 12))
  expect(top.slice(0, set.length)).toEqual(set)
  const csv = await call('classify.export', { classification: 'two', format: 'csv' })
  const [head, row] = (await exported(home, csv.download)).split('\n').map((line) => line.split(','))
  expect(Number(row![head!.indexOf('probability 1')])).toBe(top[0]!.probability)
  const json = await call('classify.export', { classification: 'two', format: 'json' })
  expect(JSON.parse(await exported(home, json.download))).toMatchObject([{ top }])

  await classified(home, 'three', photos, [1])
  const { differ } = await call('classify.compare', { a: 'two', b: 'three', limit: 9 })
  expect(differ).toMatchObject([{ a: { probability: top[0]!.probability }, b: { probability: 0.9 } }])
})

test('What a promise costs is told for the groups that were set', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  await classified(home, 'one', [path.join(home, 'meadow/1.jpg')], [0])
  await knownOf(home, 'one')
  const costOf = async (groups: { name: string; classes: string[] }[]) => {
    const settings = { promise: 0.995, keep: null, unsureBelow: 0.7, bursts: false, groups }
    const { promised } = await call('classify.review', { classification: 'one', settings })
    return promised!.curve.find((it) => it.promise === 0.995)
  }
  // Two validation photos promise so much only with both classes.
  expect(await costOf([])).toMatchObject({ tray: 1, mistakes: 0 })
  expect(await costOf([{ name: 'insects', classes }])).toMatchObject({ tray: 0, mistakes: 0 })
})

test('Photos of a burst show what they have said together; two networks are compared by what each photo got', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = ['1', '2', '3'].map((it) => path.join(home, `meadow/${it}.jpg`))
  await classified(home, 'one', photos, [0, 0, 1], { taken: 1000 })
  await classified(home, 'two', photos, [0, 0, 0])
  const settings = { promise: 0.95, keep: null, unsureBelow: 0.5, groups: [], bursts: true }
  await call('classify.review', { classification: 'one', settings })
  const { answers } = await call('classify.answers', { classification: 'one', from: 0, limit: 9 })
  for (const { answer, top } of answers) {
    expect(answer).toBe('ants')
    expect(top[0]).toMatchObject({ class: 'ants' })
    expect(top[0]!.probability).toBeCloseTo((0.9 + 0.9 + 0.1) / 3, 12)
  }
  const { same, differ } = await call('classify.compare', { a: 'one', b: 'two', limit: 9 })
  expect(same).toBe(2)
  expect(differ.map((it) => path.basename(it.path))).toEqual(['3.jpg'])
})

test('A stranger in a burst stays in the tray with its own answer, and does not vote for the others', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = ['1', '2', '3'].map((it) => path.join(home, `meadow/${it}.jpg`))
  await classified(home, 'one', photos, [0, 0, 1], { taken: 1000, distances: [0.1, 0.1, 0.9] })
  await knownOf(home, 'one', [0.1, 0.2])
  const settings = { promise: 0.5, keep: 0.9, unsureBelow: 0.5, groups: [], bursts: true }
  await call('classify.review', { classification: 'one', settings })
  const { answers } = await call('classify.answers', { classification: 'one', from: 0, limit: 9 })
  expect(answers.map(({ verdict, answer }) => [verdict, answer])).toEqual([
    ['sure', 'ants'],
    ['sure', 'ants'],
    ['stranger', null],
  ])
  // √0.9 : √0.1 = 3 : 1, as each says alone.
  answers.forEach(({ top }, i) => {
    expect(top[0]!.class).toBe(i < 2 ? 'ants' : 'bees')
    expect(top[0]!.probability).toBeCloseTo(0.75, 12)
  })
})

test('Photos that were moved by what was answered are found again: shown, classified again, compared, exported and filed', async () => {
  const home = await testFolder()
  const call = await aLibrary(home)
  const photos = await Promise.all(
    ['a', 'b', 'c'].map((name) => put(path.join(home, 'bees', `${name}.jpg`), name)),
  )
  await classified(home, 'one', photos, [0, 0, 1])
  const elsewhere = await testFolder()
  const common = {
    choices: {},
    prefix: 'Thaw',
    pattern: '{class}/{name}',
    clash: 'number',
    language: 'en',
  } as const
  const move = async (target: string) => {
    const plan = await call('filing.plan', {
      ...{ ...common, classification: 'one', how: 'move', only: 'answered' },
      target: path.join(elsewhere, target),
    })
    for await (const { state } of new Filings(path.join(home, 'filings')).file(plan.id))
      expect(state).toBe('done')
  }
  const moved = (to: string) =>
    ['ants/a', 'ants/b', 'bees/c'].map((it) => path.join(elsewhere, to, `${it}.jpg`))
  const shown = async (id: string) =>
    (await call('classify.answers', { classification: id, from: 0, limit: 9 })).answers.map((it) => it.path)
  await move('sorted')
  await move('again')
  expect(await shown('one')).toEqual(moved('again'))
  const { total } = await call('selections.make', {
    paths: [],
    classification: 'one',
    limit: 9,
    orNone: false,
  })
  expect(total).toBe(3)
  const { download } = await call('classify.export', { classification: 'one', format: 'json' })
  expect(JSON.parse(await exported(home, download))).toMatchObject(moved('again').map((photo) => ({ photo })))

  // What they are in truth says the folder they came from, not the one that the answer has made.
  expect((await call('classify.get', { classification: 'one' })).accuracy).toMatchObject({
    correct: 1,
    total: 3,
  })
  await classified(home, 'two', moved('again'), [1, 1, 1], { created: new Date().toISOString() })
  for (const [a, b] of [
    ['one', 'two'],
    ['two', 'one'],
  ] as const)
    expect(await call('classify.compare', { a, b, limit: 9 })).toMatchObject({
      ...{ photos: 3, same: 1 },
      right: { [a === 'one' ? 'a' : 'b']: { correct: 1 }, [a === 'one' ? 'b' : 'a']: { correct: 3 } },
    })

  // A photo that a person has put at the old place is the one that is meant there.
  await put(photos[0]!, 'another')
  expect((await shown('one'))[0]).toBe(photos[0])
})
