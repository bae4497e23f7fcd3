/** The last part of a path, of any system. */
export const fileNameOf = (file: string): string => file.split(/[\\/]/).at(-1) ?? file

/** What of a path lies below a folder; the whole path where it does not. */
export function below(folder: string, file: string): string {
  const start = folder.replace(/[\\/]+$/, '')
  return file.startsWith(start) && /^[\\/]./.test(file.slice(start.length))
    ? file.slice(start.length + 1)
    : file
}
