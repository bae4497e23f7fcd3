import path from 'node:path'
import type { Clash } from '../../../shared/api/filing.ts'
import { writeError } from '../files.ts'
import type { FileLayer } from './fileLayer.ts'
import { sameOnSomeDisk } from './names.ts'

/** Who has a name. */
export type Holder = Pick<Clash, 'kind' | 'with'> & {
  /** Of a name that the list gives: the file that gets it. */
  from?: string
}

/** Which names below the target are taken, and by what: on the disk, or by the list itself. */
export class TakenNames {
  private readonly files: FileLayer
  /** Paths that the list gives, and the files that get them, by what no disk tells from them. */
  private readonly planned = new Map<string, { to: string; from: string }>()
  /** Names that lie in folders, likewise; several where the disk tells cases apart. */
  private readonly folders = new Map<string, Map<string, string[]>>()

  constructor(files: FileLayer) {
    this.files = files
  }

  /** @returns undefined if the name is free @throws ThawError output.unwritable if the folder cannot be read */
  async holderOf(file: string): Promise<Holder | undefined> {
    const planned = this.planned.get(sameOnSomeDisk(file))
    if (planned) {
      const { to, from } = planned
      return { kind: to === file ? 'listed' : 'case', with: to, from }
    }
    const folder = path.dirname(file)
    const name = path.basename(file)
    const found = (await this.namesIn(folder)).get(sameOnSomeDisk(name))
    if (found === undefined) return undefined
    return found.includes(name)
      ? { kind: 'there', with: file }
      : { kind: 'case', with: path.join(folder, found[0]!) }
  }

  /** The list gives this name to a file. */
  take(to: string, from: string): void {
    this.planned.set(sameOnSomeDisk(to), { to, from })
  }

  private async namesIn(folder: string): Promise<Map<string, string[]>> {
    const known = this.folders.get(folder)
    if (known) return known
    try {
      const byForm = Map.groupBy(await this.files.list(folder), sameOnSomeDisk)
      this.folders.set(folder, byForm)
      return byForm
    } catch (error) {
      throw writeError(error, path.join(folder, '_'))
    }
  }
}
