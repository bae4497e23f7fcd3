// Whoever reads may stop reading (“| head”): then there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3))

/** One line of `--json`. */
export const line = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** For people who watch: on standard error, so that standard output stays for what was asked. */
export const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Aborted by Ctrl-C or a request to end; a second one within a second counts as the same. */
export function interrupted(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort())
  return controller.signal
}
