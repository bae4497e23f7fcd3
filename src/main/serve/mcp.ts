/** The same calls as tools of the Model Context Protocol, for assistants that a person lets work with her photos. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import type { ProgramCallName } from '../../shared/api/programs.ts'
import { programCallNames, programCalls } from '../../shared/api/programs.ts'
import { contract } from '../../shared/contract.ts'
import { plainError, ThawError } from '../../shared/errors.ts'
import type { Client, Input } from '../../shared/rpc.ts'
import { version } from '../../shared/version.ts'
import { jsonSchemaOf } from './schema.ts'

type Contract = typeof contract

/** Names of tools hold no points: `filing.plan` is `filing_plan`. */
const toolOf = (name: ProgramCallName): string => name.replaceAll('.', '_')
const callOf = new Map(programCallNames.map((name) => [toolOf(name), name]))

function tool(name: ProgramCallName) {
  const { summary, readOnly, ...more } = programCalls[name]
  return {
    name: toolOf(name),
    description: summary,
    inputSchema: jsonSchemaOf(contract.calls[name].input, 'input') as { type: 'object' },
    annotations: { readOnlyHint: readOnly, destructiveHint: 'touchesPhotos' in more, openWorldHint: false },
  }
}

/**
 * Answers over a transport until it closes.
 * @param onNoMessage what came is no message of the protocol: nothing in it says whom to answer
 * @returns resolves when it has closed
 */
export async function serveMcp(
  client: Client<Contract>,
  transport: Transport,
  onNoMessage: () => void = () => undefined,
): Promise<void> {
  // McpServer wants its own way of naming parameters; here the contract's JSON schemas are told as they are.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const server = new Server({ name: 'thaw', version }, { capabilities: { tools: {} } })
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: programCallNames.map(tool) }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    try {
      const name = callOf.get(params.name)
      if (name === undefined) throw new ThawError('rpc.unknown-method', { method: params.name })
      const given = (params.arguments ?? {}) as Input<Contract, ProgramCallName>
      const output = await client.call(name, given, { signal })
      return {
        content: [{ type: 'text', text: JSON.stringify(output) }],
        structuredContent: output as Record<string, unknown>,
      }
    } catch (error) {
      return {
        isError: true,
        content: [{ type: 'text', text: JSON.stringify({ error: plainError(error) }) }],
      }
    }
  })
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve
  })
  server.onerror = onNoMessage
  await server.connect(transport)
  await closed
}
