/** A folder that is watched, with a network that answers whatever can be decoded. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { decodePhoto } from '../../../../src/main/engine/photos/decode.ts'
import { readPhotos } from '../../../../src/main/engine/store/classifications.ts'
import { dataPaths } from '../../../../src/main/engine/store/paths.ts'
import { writeSelection } from '../../../../src/main/engine/store/selections.ts'
import { watching } from '../../../../src/main/engine/trainer/classifying.ts'
import { Classified } from '../../../../src/shared/api/classify.ts'
import { plainError } from '../../../../src/shared/errors.ts'
import { jpeg, put, temporaryFolder } from '../../../support/folder.ts'

vi.mock(import('../../../../src/main/engine/photos/decode.ts'), { spy: true })

const folder = temporaryFolder()
const photo = await jpeg({ r: 90, g: 120, b: 30 })
const half = photo.subarray(0, photo.length / 2)

async function* answer(photos: readonly string[], first: number): AsyncGenerator<Classified> {
  for (const [place, file] of photos.entries()) {
    const error = await decodePhoto(file).then(
      () => null,
      (it: unknown) => plainError(it),
    )
    yield { index: first + place, path: file, top: [], error, distance: null, taken: null }
  }
}

type Watching = typeof watching
const engine = {
  needs: { answering: () => Promise.resolve(0) },
  openClassifier: () =>
    Promise.resolve({ classes: ['ants'], name: 'it', knowledge: null, answer, close: () => undefined }),
}
const desk = {
  beside: (_: unknown, __: unknown, work: (turns: { pass: () => Promise<void> }) => unknown) =>
    work({ pass: () => Promise.resolve() }),
}

/** What is in the log, after it has come to so many photos, and what is listed. */
async function watched(name: string, present: readonly string[]) {
  const home = folder.path(name)
  const paths = dataPaths({ home, cache: path.join(home, 'cache') })
  const inbox = path.join(home, 'inbox')
  const selection = await writeSelection(
    paths.selections,
    present.map((it) => path.join(inbox, it)),
  )
  const stop = new AbortController()
  const ended = watching(
    { paths, home, engine, desk } as unknown as Parameters<Watching>[0],
    {
      selection,
      folders: [inbox],
      model: { run: 'r' },
      name: '',
      top: 5,
      mirrored: false,
      times: false,
    },
    { job: 'job', signal: stop.signal, onProgress: () => undefined },
    20,
  ).catch(() => undefined)
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  const kept = path.join(paths.classifications, 'job')
  const answers = async () => {
    const text = await readFile(path.join(kept, 'answers.jsonl'), 'utf8').catch(() => '')
    const lines = text.split('\n').filter(Boolean)
    return lines
      .map((line) => Classified.parse(JSON.parse(line)))
      .map(({ index, path: file, error }) => [index, path.basename(file), error?.code])
  }
  const listed = async () => (await readPhotos(kept)).map((it) => path.basename(it))
  return { inbox, answers, listed }
}

test('A photo that arrives whole is decoded once', async () => {
  const { inbox, answers } = await watched('once', [])
  vi.mocked(decodePhoto).mockClear()
  await put(path.join(inbox, 'a.jpg'), photo)
  await expect.poll(answers).toEqual([[0, 'a.jpg', undefined]])
  expect(decodePhoto).toHaveBeenCalledTimes(1)
})

test('One that is still being copied is off the list until it is whole, and the others keep their numbers', async () => {
  const folderOf = path.join(folder.path('copied'), 'inbox')
  for (const name of ['a.jpg', 'c.jpg']) await put(path.join(folderOf, name), photo)
  await put(path.join(folderOf, 'b.jpg'), half)
  const { answers, listed, inbox } = await watched('copied', ['a.jpg', 'b.jpg', 'c.jpg'])
  await expect.poll(answers).toEqual([
    [0, 'a.jpg', undefined],
    [1, 'c.jpg', undefined],
  ])
  await expect.poll(listed).toEqual(['a.jpg', 'c.jpg'])
  await put(path.join(inbox, 'b.jpg'), photo)
  await expect.poll(answers).toHaveLength(3)
  expect((await answers()).at(-1)).toEqual([2, 'b.jpg', undefined])
  expect(await listed()).toEqual(['a.jpg', 'c.jpg', 'b.jpg'])
})
