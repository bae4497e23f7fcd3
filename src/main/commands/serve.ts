import type { Command } from 'commander'
import { startServe } from '../serve.ts'
import { wholeNumber } from './arguments.ts'
import { line, print } from './output.ts'

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
        const { address } = await startServe({ port, host, open: open ?? false })
        if (json) line({ address })
        else print(address)
        await new Promise(() => undefined)
      },
    )
}
