import { RunConfig } from '../../shared/config.ts'

/** What a shell takes as one word. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

export const settingsFile = 'thaw.json'

export interface CommandLine {
  command: string
  /** What has no flag of its own, for the file that `--config` names; null if there is nothing. */
  settings: Partial<RunConfig> | null
}

/** The command that does what the window would do. */
export function commandLineOf(folder: string, config: RunConfig): CommandLine {
  const defaults = RunConfig.parse({})
  const { backbone, weights, plan, epochs, batch, seed, augmentation, threads, precision, fit, ...rest } =
    config
  const name = typeof plan === 'string' ? plan : undefined
  const settings = Object.fromEntries(
    Object.entries({
      ...rest,
      ...(name === undefined && { plan }),
      ...(typeof augmentation !== 'string' && { augmentation }),
    }).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key as keyof RunConfig])),
  ) as Partial<RunConfig>
  const hasSettings = Object.keys(settings).length > 0

  const words = ['thaw', 'train', folder, '--backbone', backbone]
  if (weights !== null) words.push('--weights', weights)
  if (name !== undefined) words.push('--plan', name)
  words.push('--epochs', String(epochs), '--batch', String(batch), '--seed', String(seed))
  if (typeof augmentation === 'string') words.push('--augment', augmentation)
  if (fit !== null) words.push('--preparation', fit)
  if (threads !== null) words.push('--threads', String(threads))
  if (precision !== defaults.precision) words.push('--precision', precision)
  if (hasSettings) words.push('--config', settingsFile)
  return { command: words.map(quoted).join(' '), settings: hasSettings ? settings : null }
}
