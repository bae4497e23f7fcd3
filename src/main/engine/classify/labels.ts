import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ThawError } from '../../../shared/errors.ts'
import { imagenetClassOf } from '../../../shared/imagenetClass.ts'
import type { ImagenetIndex } from '../../../shared/imagenetClass.ts'
import { because } from '../../../shared/reasons.ts'

/** The names of as many classes as a file tells of, from 0 on; a number that it leaves out is left without a name. */
const numbered = (count: number, nameOf: (number: number) => unknown): [number: string, name: unknown][] =>
  Array.from({ length: count }, (_, number) => [String(number), nameOf(number)])

/** By number: ImageNet's index ({"0": ["id", "name"], …}) or names alone ({"0": "name", …}); in their order: a list of names. */
const namesByNumber = (index: Record<string, unknown>) =>
  numbered(Object.keys(index).length, (number) => {
    const found = index[number]
    return Array.isArray(found) ? (found as unknown[])[1] : found
  })

/** torchvision's class_to_idx, {"name": 0, …}, the other way round. */
function namesOfIndices(indices: Record<string, unknown>) {
  const names = new Map(Object.entries(indices).map(([name, number]) => [number, name]))
  return numbered(Object.keys(indices).length, (number) => names.get(number))
}

function namesIn(json: object): [number: string, name: unknown][] {
  const record = json as Record<string, unknown>
  const values = Object.values(record)
  const isByName = !Array.isArray(json) && values.length > 0 && values.every((it) => typeof it === 'number')
  return isByName ? namesOfIndices(record) : namesByNumber(record)
}

/**
 * Class names from a file: JSON of ImageNet's index, of names by their number, of a list or of torchvision's class_to_idx; or a line a class.
 * @throws ThawError labels.unreadable
 */
export async function readLabels(file: string): Promise<string[]> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new ThawError('labels.unreadable', { file, reason: 'cannot-open' }, { cause: error })
  })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
  } catch (error) {
    throw new ThawError('labels.unreadable', { file, ...because('not-utf8') }, { cause: error })
  }
  const isJson = text.startsWith('{') || text.startsWith('[')
  let found: [number: string, name: unknown][]
  try {
    found = isJson
      ? namesIn(JSON.parse(text) as object)
      : text === ''
        ? []
        : text.split(/\r?\n/).map((line, at) => [String(at), line.trim()])
  } catch (error) {
    throw new ThawError('labels.unreadable', { file, ...because('no-json') }, { cause: error })
  }
  if (found.length === 0) throw new ThawError('labels.unreadable', { file, reason: 'is-empty' })
  return found.map(([number, name]) => {
    if (typeof name === 'string') return name
    throw new ThawError('labels.unreadable', { file, ...because('class-no-name', { class: number }) })
  })
}

const imagenetFile = fileURLToPath(new URL('../../../../assets/imagenet-classes.json', import.meta.url))

/** ImageNet's 1000 class names, in the order of every published network's output. */
export const imagenetLabels = (): Promise<string[]> => readLabels(imagenetFile)

/**
 * Korean names of those of a network's classes that are ImageNet's, by their number. Others are not in it.
 * @param classes in the order of the network's output
 */
export async function koreanNames(classes: readonly string[]): Promise<Map<number, string>> {
  const index = JSON.parse(await readFile(imagenetFile, 'utf8')) as ImagenetIndex
  const found = classes.map((name, number) => imagenetClassOf(index, { index: number, class: name }))
  return new Map(found.flatMap((it, number) => (it ? [[number, it[2]]] : [])))
}
