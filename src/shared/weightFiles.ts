/** How weight files' names end, lower case. What a file is, its first bytes say. */
export const weightExtensions = ['.safetensors', '.pth', '.pt', '.ckpt', '.bin', '.tar'] as const

/** Whether a file's name is that of weights: a tar archive is one of anything, but for the “.pth.tar” of training scripts. */
export const isWeightName = (name: string): boolean =>
  /\.(safetensors|pth|pt|ckpt|bin|(pth|pt)\.tar)$/i.test(name)
