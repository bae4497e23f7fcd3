import type { Command } from 'commander'
import type { Serving } from '../serve.ts'
import { startServe } from '../serve.ts'
import { wholeNumber } from './arguments.ts'
import { untilInterrupted } from './interrupt.ts'
import { line, print } from './output.ts'

/** Serves until it is asked to end. A run that is being trained is stopped after the batch in hand, with a checkpoint. */
export async function closeWhenAsked({ close }: Serving): Promise<void> {
  await untilInterrupted('Ending, with a checkpoint of what is trained. Ctrl+C once more ends at once.')
  await close()
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serves the app to a browser, with an address that only you are told')
    .option('--port <number>', '0 takes any that is free', wholeNumber(0, 65_535), 0)
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .option('--open', 'opens the browser')
    .addHelpText('after', '\nExample:\n  thaw serve --port 8080')
    .action(
      async ({ port, host, open, json }: { port: number; host: string; open?: boolean; json?: boolean }) => {
        const serving = await startServe({ port, host, open: open ?? false })
        if (json) line({ address: serving.address })
        else print(serving.address)
        await closeWhenAsked(serving)
      },
    )
}
