import type { Command } from 'commander'
import { startServe } from '../serve.ts'
import { line } from './output.ts'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serves the app to a browser')
    .option('--port <number>', '0 takes any free one', Number, 0)
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .option('--open', 'opens the browser')
    .action(
      async ({ port, host, open, json }: { port: number; host: string; open?: boolean; json?: boolean }) => {
        const { address } = await startServe({ port, host, open: open ?? false })
        if (json) line({ address })
        else console.log(address)
        await new Promise(() => undefined)
      },
    )
}
