/** How the names of files end that tell where photos are, or hold them, lower case: what may be a dataset besides a folder. */
export const listExtensions: readonly string[] = ['.csv', '.tsv', '.json']
export const archiveExtensions: readonly string[] = ['.zip']
export const sourceExtensions: readonly string[] = [...listExtensions, ...archiveExtensions]
