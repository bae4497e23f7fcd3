import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { app } from 'electron'

/** As in electron-builder.yml. */
const endings = ['.safetensors', '.pth', '.pt', '.bin']

/** A file manager may name a file by its address. undefined: an address that is no file of this machine. */
function plainPath(one: string): string | undefined {
  if (!one.startsWith('file:')) return one
  try {
    return fileURLToPath(one)
  } catch {
    return undefined
  }
}

/** The weight file that a command line names; relative paths are meant from the folder `standing`. */
export function weightFileIn(argv: readonly string[], standing: string): string | undefined {
  const isWeightFile = (one: string) =>
    !one.startsWith('-') && endings.includes(path.extname(one).toLowerCase())
  const file = argv
    .slice(1)
    .map(plainPath)
    .findLast((one) => one !== undefined && isWeightFile(one))
  return file === undefined ? undefined : path.resolve(standing, file)
}

export interface OpenedFiles {
  /** The file with which the app was started. */
  first: () => string | undefined
  /** Told of every later one. */
  onFile: (listener: (file: string) => void) => void
}

/**
 * Weight files that a person opens with Thaw from outside: they are looked into, and nothing is done with them. To be called before
 * the app is ready; a Mac tells of the first file by an event, too.
 */
export function hearOfOpenedFiles(): OpenedFiles {
  let first = weightFileIn(process.argv, process.cwd())
  let tell = (file: string) => {
    first = file
  }
  app.on('open-file', (event, file) => {
    event.preventDefault()
    tell(file)
  })
  app.on('second-instance', (_, argv, standing) => {
    const file = weightFileIn(argv, standing)
    if (file !== undefined) tell(file)
  })
  return { first: () => first, onFile: (listener) => (tell = listener) }
}
