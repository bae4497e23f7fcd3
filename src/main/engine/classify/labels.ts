import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'

/** Class names from a file: JSON of the ImageNet index's form ({"0": ["id", "name"], …}), or a line a class. */
export async function readLabels(file: string): Promise<string[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new ThawError('labels.unreadable', { file, reason: 'cannot-open' }, { cause: error })
  }
  if (!text.trimStart().startsWith('{')) {
    const lines = text.split(/\r?\n/).map((line) => line.trim())
    while (lines.at(-1) === '') lines.pop()
    if (lines.length > 0) return lines
    throw new ThawError('labels.unreadable', { file, reason: 'is-empty' })
  }
  try {
    const index = JSON.parse(text.trim()) as Record<string, unknown>
    return Object.keys(index)
      .toSorted((a, b) => Number(a) - Number(b))
      .map((key) => {
        const value = index[key]
        const name: unknown = Array.isArray(value) ? value[1] : value
        if (typeof name !== 'string')
          throw new ThawError('labels.unreadable', { file, ...because('class-no-name', { class: key }) })
        return name
      })
  } catch (error) {
    if (error instanceof ThawError) throw error
    throw new ThawError('labels.unreadable', { file, ...because('no-json') }, { cause: error })
  }
}

/** ImageNet's 1000 class names, in the order of every published network's output. */
export const imagenetLabels = (): Promise<string[]> =>
  readLabels(fileURLToPath(new URL('../../../../assets/imagenet-classes.json', import.meta.url)))
