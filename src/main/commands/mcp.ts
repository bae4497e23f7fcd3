import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import type { Command } from 'commander'
import { startOwnHost } from '../serve.ts'
import { serveMcp } from '../serve/mcp.ts'
import { say } from './output.ts'
import { words } from './words.ts'

async function mcp(): Promise<void> {
  const { client, close } = startOwnHost()
  const transport = new StdioServerTransport()
  // Whoever started this ends it by closing its standard input.
  process.stdin.once('end', () => void transport.close())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void transport.close())
  await serveMcp(client, transport, () => say(words('noMessage')))
  await close()
}

export function addMcp(program: Command): void {
  program
    .command('mcp')
    .description(
      'lets an assistant classify and file photos: the Model Context Protocol over standard input and output',
    )
    .addHelpText(
      'after',
      `
It reads and classifies. Photos are filed only by the id of a dry run (filing_plan), and every filing can be undone.

An assistant starts it by itself, told of it for instance so:
  {"mcpServers": {"thaw": {"command": "thaw", "args": ["mcp"]}}}`,
    )
    .action(mcp)
}
