import path from 'node:path'
import type { Dataset, Split } from '../../../shared/dataset.ts'
import { byCodePoint } from './order.ts'
import { listFolder } from './walk.ts'

/** Names of the two halves, the first that is there is taken; upper and lower case are the same. */
const splitNames: Record<Split, readonly string[]> = {
  train: ['train', 'training'],
  val: ['val', 'valid', 'validation', 'test'],
}

/** A folder of one class, in one split or, where the split is drawn, in none yet. */
export interface ClassFolder {
  /** Below the dataset's folder, with `/`. */
  path: string
  /** Its name as people write it: composed Unicode (NFC), whatever the disk has. */
  class: string
  split: Split | undefined
}

export interface Layout {
  layout: Dataset['layout']
  folders: ClassFolder[]
  /** Sorted by code point. */
  classes: string[]
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
 * nothing else is unpacked from something larger: its train/ is split.
 */
export async function layoutOf(folder: string): Promise<Layout> {
  const { folders: top } = await listFolder(folder)
  const train = named(top, splitNames.train)
  const val = named(top, splitNames.val)
  const of = (layout: Dataset['layout'], folders: ClassFolder[]): Layout => ({
    layout,
    folders,
    classes: [...new Set(folders.map((one) => one.class))].sort(byCodePoint),
  })
  if (train !== undefined && val !== undefined)
    return of('split-folders', [
      ...(await classFolders(folder, train, 'train')),
      ...(await classFolders(folder, val, 'val')),
    ])
  if (train !== undefined && top.length === 1) {
    const inner = await classFolders(folder, train, undefined)
    if (inner.length > 0) return of('class-folders', inner)
  }
  return of('class-folders', await classFolders(folder, '', undefined))
}

/** Which half and class a path below a folder with halves belongs to. */
export function placeInHalves(file: string): { split: Split; class: string | undefined } {
  const [half, name] = file.split('/')
  const split = splitNames.train.includes(half!.toLowerCase()) ? 'train' : 'val'
  return { split, class: name?.normalize('NFC') }
}
