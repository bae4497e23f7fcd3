import { readFile, truncate, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Decisions } from '../../../../src/main/engine/datasets/decisions.ts'
import type { NewEntry } from '../../../../src/main/engine/datasets/journal.ts'
import { Journal } from '../../../../src/main/engine/datasets/journal.ts'
import type { Act } from '../../../../src/shared/decisions.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

const doing = (photos: string[], act: Act): NewEntry => ({
  kind: 'act',
  act,
  photos,
  summary: { code: 'labelled', parameters: { count: photos.length } },
})
const label = (photo: string, name: string): NewEntry => doing([photo], { type: 'label', classes: [name] })

test('A journal that is cut at any byte opens with the entries before the cut, and goes on', async () => {
  const file = folder.path('whole.journal')
  const journal = await Journal.open(file)
  for (const name of ['ants', 'bees', '벌']) await journal.append(() => label(`${name}.jpg`, name))
  const bytes = await readFile(file)
  const ends = [...bytes.keys()].filter((i) => bytes[i] === 10).map((i) => i + 1)
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const piece = folder.path(`cut-${cut}.journal`)
    await writeFile(piece, bytes.subarray(0, cut))
    const opened = await Journal.open(piece)
    expect(opened.entries).toEqual(journal.entries.slice(0, ends.filter((end) => end <= cut).length))
    if (cut % 17 !== 0) continue
    await opened.append(() => label('new.jpg', 'wasps'))
    expect((await Journal.open(piece)).entries).toEqual(opened.entries)
  }
}, 60_000)

test('A line that was changed is passed over, and so is an undo of it', async () => {
  const file = folder.path('damaged.journal')
  const journal = await Journal.open(file)
  for (const name of ['one', 'two', 'three']) await journal.append(() => label('a.jpg', name))
  await writeFile(file, (await readFile(file, 'utf8')).replace('"two"', '"twa"'))
  const opened = await Journal.open(file)
  expect(opened.damaged).toBe(1)
  expect(opened.entries.map(({ n }) => n)).toEqual([1, 3])
  expect(Decisions.of([...opened.entries, { kind: 'undo', n: 4, at: '', of: 2 }]).about('a.jpg')).toEqual({
    labels: ['three'],
  })
})

test.each([
  ['in the middle', ['one', 'two', 'three'], '"two"', 1],
  ['at the end', ['one', 'two'], '"two"', 1],
  ['over the end of a line', ['one', 'two', 'three', 'four'], /"two".*\n.*"three"/, 2],
])(
  'Acts whose lines were spoiled %s are counted as lost, also after further ones',
  async (where, names, spoiled, lost) => {
    const file = folder.path(`spoiled ${where}.journal`)
    const journal = await Journal.open(file)
    for (const name of names) await journal.append(() => label('a.jpg', name))
    expect(journal.lost).toBe(0)
    await writeFile(
      file,
      (await readFile(file, 'latin1')).replace(spoiled, '\u0000\u00ff\u00fe{"\u0007'),
      'latin1',
    )
    const opened = await Journal.open(file)
    expect(opened.lost).toBe(lost)
    await opened.append(() => label('a.jpg', 'later'))
    const again = await Journal.open(file)
    expect([opened.lost, again.lost]).toEqual([lost, lost])
    expect(Decisions.of(again.entries).about('a.jpg')).toEqual({ labels: ['later'] })
  },
)

test('What a crash cut off was never done: nothing is lost by it, neither before nor after the next act', async () => {
  const file = folder.path('cut-off.journal')
  const journal = await Journal.open(file)
  await journal.append(() => label('a.jpg', 'one'))
  const whole = await readFile(file)
  await journal.append(() => label('a.jpg', 'two'))
  await truncate(file, whole.length + 40)
  const opened = await Journal.open(file)
  expect(opened.lost).toBe(0)
  await opened.append(() => label('a.jpg', 'three'))
  const again = await Journal.open(file)
  expect([opened.lost, again.lost, again.damaged]).toEqual([0, 0, 1])
})

test('Two that write at once lose nothing, and number their entries one after the other', async () => {
  const file = folder.path('shared.journal')
  const [one, two] = [await Journal.open(file), await Journal.open(file)]
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? one : two).append(() => label(`${i}.jpg`, 'ants'))),
  )
  const { entries, damaged } = await Journal.open(file)
  expect(damaged).toBe(0)
  expect(entries.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
})

test('An entry counts once, also where the journal is read again while it is being written', async () => {
  const journal = await Journal.open(folder.path('reread.journal'))
  const told: number[] = []
  const reading = async () => {
    for (let i = 0; i < 20; i += 1) told.push(...(await journal.refresh()).map(({ n }) => n))
  }
  const writing = async () => {
    for (let i = 0; i < 20; i += 1) await journal.append(() => label(`${i}.jpg`, 'ants'))
  }
  await Promise.all([writing(), reading(), reading()])
  expect(journal.entries.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  expect(told).toEqual([])
})

test('Undo and redo go back to the beginning and forward again, also after a restart', async () => {
  const file = folder.path('undo.journal')
  const journal = await Journal.open(file)
  const acts: [string[], Act][] = [
    [['a', 'b'], { type: 'label', classes: ['ants'] }],
    [['a'], { type: 'leaveOut', out: true }],
    [['b'], { type: 'part', part: 'test' }],
    [['a'], { type: 'crop', box: { left: 1, top: 2, width: 3, height: 4 } }],
    [[], { type: 'rename', from: 'ants', to: 'formicidae' }],
    [['a', 'b'], { type: 'labelEach', classes: [null, 'bees'] }],
    [['a', 'b'], { type: 'moved', filing: 'x', to: ['c', 'a'] }],
    [[], { type: 'restore', entry: 2 }],
  ]
  const look = (decisions: Decisions) =>
    ['a', 'b', 'c'].map((photo) => decisions.about(photo)).concat([{ labels: [decisions.nameOf('ants')] }])
  const states = [look(Decisions.of([]))]
  for (const [photos, act] of acts) {
    await journal.append(() => doing(photos, act))
    states.push(look(Decisions.of(journal.entries)))
  }
  expect(states[5]).toEqual([
    { labels: ['formicidae'], out: true, crop: { left: 1, top: 2, width: 3, height: 4 } },
    { labels: ['formicidae'], part: 'test' },
    undefined,
    { labels: ['formicidae'] },
  ])
  expect(states[7]![0]).toEqual({ labels: ['bees'], part: 'test' })
  // The state of then, where the photos lie now: a is c, b is a.
  const [a, b, , ants] = states[2]!
  expect(states[8]).toEqual([b, undefined, a, ants])
  const turn = async (kind: 'undo' | 'redo') => {
    const reopened = await Journal.open(file)
    const decisions = Decisions.of(reopened.entries)
    const { n } = (kind === 'undo' ? decisions.last : decisions.next)!
    await reopened.append(() => ({ kind, of: n }))
    return look(Decisions.of(reopened.entries))
  }
  for (const state of states.slice(0, -1).toReversed()) expect(await turn('undo')).toEqual(state)
  for (const state of states.slice(1)) expect(await turn('redo')).toEqual(state)
})
