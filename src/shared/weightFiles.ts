/** How weight files' names end, lower case. What a file is, its first bytes say. */
export const weightExtensions = ['.safetensors', '.pth', '.pt', '.bin'] as const

/** Whether a file's name is that of weights. */
export const isWeightName = (name: string): boolean =>
  weightExtensions.some((extension) => name.toLowerCase().endsWith(extension))
