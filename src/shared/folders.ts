/** Where Thaw keeps what it makes. */
export interface Folders {
  /** What a person would miss: runs, weights, settings, the catalogue. */
  home: string
  /** What can be computed again: thumbnails, views, cached features. */
  cache: string
}

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  platform: string
  /** The person's own folder. */
  userHome: string
}

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value)

/** The system's place for the data of programs. */
function userData({ env, platform, userHome }: Surroundings): string {
  if (platform === 'win32') return `${nonEmpty(env['APPDATA']) ?? `${userHome}\\AppData\\Roaming`}\\Thaw`
  if (platform === 'darwin') return `${userHome}/Library/Application Support/Thaw`
  return `${nonEmpty(env['XDG_DATA_HOME']) ?? `${userHome}/.local/share`}/thaw`
}

/** THAW_HOME and THAW_CACHE, or the system's place for data and a folder in it. */
export function dataFolders(surroundings: Surroundings): Folders {
  const { env, platform } = surroundings
  const home = nonEmpty(env['THAW_HOME']) ?? userData(surroundings)
  const cache = nonEmpty(env['THAW_CACHE']) ?? `${home}${platform === 'win32' ? '\\' : '/'}cache`
  return { home, cache }
}
