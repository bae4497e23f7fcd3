import path from 'node:path'
import type { Dataset, Split } from '../../../shared/dataset.ts'
import { isPhotoName } from '../../../shared/photoFiles.ts'
import { byCodePoint } from './order.ts'
import { listFolder } from './walk.ts'

/**
 * Names of the parts, the first that is there is taken; upper and lower case are the same. A test/ beside train/ alone is what
 * there is to validate with.
 */
const splitNames: Record<Split, readonly string[]> = {
  train: ['train', 'training'],
  val: ['val', 'valid', 'validation', 'test'],
  test: ['test', 'testing'],
}

/** A folder of one class, in one split or, where the split is drawn, in none yet. */
export interface ClassFolder {
  /** Below the dataset's folder, with `/`. */
  path: string
  /** Its name as people write it: composed Unicode (NFC), whatever the disk has; undefined: photos without a label. */
  class: string | undefined
  /** Photos in it alone, not in folders below it. */
  shallow?: true
  split: Split | undefined
}

export interface Layout {
  layout: Dataset['layout']
  folders: ClassFolder[]
  /** Sorted by code point. */
  classes: string[]
}

/** The part that a name stands for, as folders and lists call it; undefined: none. */
export function splitNamed(name: string): Split | undefined {
  const lower = name.toLowerCase()
  if (splitNames.test.includes(lower)) return 'test'
  return (['train', 'val'] as const).find((split) => splitNames[split].includes(lower))
}

function named(folders: readonly string[], names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = folders.find((folder) => folder.toLowerCase() === name)
    if (found !== undefined) return found
  }
  return undefined
}

async function classFolders(folder: string, below: string, split: Split | undefined): Promise<ClassFolder[]> {
  const { folders } = await listFolder(path.join(folder, below))
  return folders.map((name) => ({
    path: below === '' ? name : `${below}/${name}`,
    class: name.normalize('NFC'),
    split,
  }))
}

/**
 * How a folder is laid out: train/CLASS and val/CLASS if both halves are there, else CLASS. A folder that holds train/ and
 * nothing else is unpacked from something larger: its train/ is split. Photos that lie beside class folders, or without any, are
 * photos without a label.
 */
export async function layoutOf(folder: string): Promise<Layout> {
  const { folders: top, files } = await listFolder(folder)
  const train = named(top, splitNames.train)
  const val = named(top, splitNames.val)
  const of = (layout: Dataset['layout'], folders: ClassFolder[]): Layout => ({
    layout,
    folders,
    classes: [...new Set(folders.flatMap((one) => one.class ?? []))].sort(byCodePoint),
  })
  const test = named(top, splitNames.test)
  if (train !== undefined && val !== undefined)
    return of('split-folders', [
      ...(await classFolders(folder, train, 'train')),
      ...(await classFolders(folder, val, 'val')),
      ...(test === undefined || test === val ? [] : await classFolders(folder, test, 'test')),
    ])
  if (train !== undefined && top.length === 1) {
    const inner = await classFolders(folder, train, undefined)
    if (inner.length > 0) return of('class-folders', inner)
  }
  const inClasses = await classFolders(folder, '', undefined)
  const isLoose = files.some(isPhotoName)
  const loose: ClassFolder[] = isLoose
    ? [{ path: '', class: undefined, split: undefined, shallow: true }]
    : []
  return of(isLoose && inClasses.length === 0 ? 'flat' : 'class-folders', [...inClasses, ...loose])
}

/** Which half and class a path below a folder with halves belongs to. */
export function placeInHalves(file: string): { split: Split; class: string | undefined } {
  const [half, name] = file.split('/')
  const is = (part: Split) => splitNames[part].includes(half!.toLowerCase())
  const split = is('train') ? 'train' : is('val') ? 'val' : 'test'
  return { split, class: name?.normalize('NFC') }
}
