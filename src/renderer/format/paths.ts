/** The last part of a path, of any system. */
export const fileNameOf = (file: string): string => file.split(/[\\/]/).at(-1) ?? file
