import type { Command } from 'commander'
import { currentFolders } from '../engine/store/paths.ts'
import type { Serving } from '../serve.ts'
import { startServe } from '../serve.ts'
import { isLocal } from '../serve/names.ts'
import { freshAddress } from '../serve/running.ts'
import { wholeNumber } from './arguments.ts'
import { untilInterrupted } from './interrupt.ts'
import { line, print, say } from './output.ts'
import { words } from './words.ts'

/**
 * Serves until it is asked to end. A run that is being trained is stopped after the batch in hand, with a checkpoint. Who asks
 * while it still starts, or at the very moment of reading the address, is listened to as well.
 * @param start begins to serve
 * @param tell says where
 */
export async function serveUntilAsked(
  start: () => Promise<Serving>,
  tell: (serving: Serving) => void,
): Promise<void> {
  const asked = untilInterrupted(
    'Ending, with a checkpoint of what is trained. Ctrl+C once more ends at once.',
  )
  const serving = await start()
  tell(serving)
  await asked
  await serving.close()
}

/** What listening to more than this machine opens; undefined if nothing. */
export function opening({ host, name }: Pick<ServeArguments, 'host' | 'name'>): string | undefined {
  const names = name?.join(', ')
  if (isLocal(host)) return names && words('servesNames', { names })
  return words('servesNetwork', { host })
}

interface ServeArguments {
  port: number
  host: string
  name?: string[]
  open?: boolean
  address?: boolean
  json?: boolean
}

async function serve(given: ServeArguments): Promise<void> {
  const { port, host, name, open, json } = given
  const opens = opening(given)
  if (opens !== undefined) say(opens)
  await serveUntilAsked(
    () => startServe({ port, host, names: name, open: open ?? false }),
    ({ address, apiToken }) => {
      if (json) line({ address, apiToken })
      else print(address)
    },
  )
}

async function tellFreshAddress(json: boolean): Promise<void> {
  const { address, apiToken } = await freshAddress(currentFolders().home)
  if (json) line({ address, apiToken })
  else print(address)
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serves the app to a browser, with an address that only you are told')
    .option('--port <number>', '0 takes any that is free', wholeNumber(0, 65_535), 0)
    .option(
      '--host <host>',
      'where to listen; others than this machine’s own open Thaw to the network',
      '127.0.0.1',
    )
    .option('--name <names...>', 'further names it is reached under, for instance a proxy’s')
    .option('--open', 'opens the browser')
    .option('--address', 'prints a fresh address of the server that runs already: each opens the page once')
    .addHelpText(
      'after',
      `
Examples:
  thaw serve --port 8080
  thaw serve --address

From another computer: ssh -L 9000:127.0.0.1:8080 YOU@THIS-MACHINE, then the address with the port 9000.
With --json also the key for programs: Authorization: Bearer KEY.`,
    )
    .action((given: ServeArguments) => (given.address ? tellFreshAddress(given.json ?? false) : serve(given)))
}
