import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { isMisnamed, systemCode, writeError } from '../files.ts'

/** The real place of a folder that may not exist yet. @throws ThawError output.unwritable, path.misnamed */
export async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    const above = path.dirname(folder)
    if (isMisnamed(path.basename(folder)))
      throw new ThawError('path.misnamed', { file: folder }, { cause: error })
    if (systemCode(error) !== 'ENOENT' || above === folder) throw writeError(error, path.join(folder, '_'))
    return path.join(await realFolder(above), path.basename(folder))
  }
}

/** Which folder it is, whatever it is called: by another case, through a link or a second mount. undefined if it is not there. */
async function identityOf(folder: string): Promise<string | undefined> {
  const about = await stat(folder, { bigint: true }).catch(() => undefined)
  return about && `${about.dev}:${about.ino}`
}

/**
 * Folders that a program keeps for itself: what is put there by others is in its way, is swept, or is lost with a cache. Looks at each
 * folder once.
 */
export class OwnFolders {
  private readonly folders: readonly string[]
  private identities: Promise<Map<string, string>> | undefined
  private readonly known = new Map<string, Promise<string | undefined>>()

  constructor(folders: readonly string[]) {
    this.folders = folders
  }

  /** @throws ThawError filing.own-folder if the folder, which may not exist yet, is one of them or lies in one */
  async requireOutside(folder: string): Promise<void> {
    const own = await this.around(await realFolder(folder))
    if (own !== undefined) throw new ThawError('filing.own-folder', { folder, own })
  }

  /** @param folder its real place */
  private around(folder: string): Promise<string | undefined> {
    const found = this.known.get(folder) ?? this.look(folder)
    this.known.set(folder, found)
    return found
  }

  private async look(folder: string): Promise<string | undefined> {
    this.identities ??= this.identify()
    const own = (await this.identities).get((await identityOf(folder)) ?? '')
    const above = path.dirname(folder)
    return own ?? (above === folder ? undefined : this.around(above))
  }

  private async identify(): Promise<Map<string, string>> {
    const found = await Promise.all(this.folders.map(async (it) => [await identityOf(it), it] as const))
    return new Map(
      found.flatMap(([identity, it]) => (identity === undefined ? [] : [[identity, it] as const])),
    )
  }
}
