import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { expect, onTestFinished, test } from 'vitest'
import { serveMcp } from '../../../src/main/serve/mcp.ts'
import { programCallNames } from '../../../src/shared/api/programs.ts'
import { aHost, photosIn, testFolder } from '../../support/engine/host.ts'

async function connected() {
  const { client: thaw, home } = await aHost()
  const [near, far] = InMemoryTransport.createLinkedPair()
  void serveMcp(thaw, far)
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(near)
  onTestFinished(() => client.close())
  const call = async (name: string, input: object = {}) => {
    const answer = await client.callTool({ name, arguments: { ...input } })
    return {
      isError: answer.isError === true,
      told: answer.structuredContent as Record<string, never>,
      answer,
    }
  }
  return { client, call, home }
}

test('An assistant sees the calls for programs as tools, and which of them touch photos', async () => {
  const { client } = await connected()
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toEqual(programCallNames.map((name) => name.replaceAll('.', '_')))
  const touching = tools.filter(({ annotations }) => annotations?.destructiveHint)
  expect(touching.map(({ name }) => name)).toEqual(['filing_file', 'filing_undo'])
  // An assistant may call what only reads without asking anybody.
  const reading = tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name)
  expect(reading).toContain('classify_answers')
  for (const begins of ['filing_file', 'filing_undo', 'filing_plan', 'classify_begin'])
    expect(reading).not.toContain(begins)
  expect(tools.find(({ name }) => name === 'filing_file')?.inputSchema).toMatchObject({
    required: ['filing'],
  })
})

test('It classifies a folder, files it by a dry run’s id, and takes it back', async () => {
  const { call, home } = await connected()
  const photos = await photosIn(path.join(home, 'photos'), ['ants', 'bees'])
  const target = path.join(await testFolder(), 'sorted')
  const ended = (job: string) =>
    expect.poll(async () => (await call('jobs_get', { job })).told.state).toBe('done')
  const model = { backbone: 'efficientnet-lite0' }
  const { told: begun } = await call('classify_begin', { paths: [photos], model })
  await ended(begun.job!)
  const { told: plan } = await call('filing_plan', { classification: begun.classification, target })
  expect(plan).toMatchObject({ acts: 6, done: 0 })
  await ended((await call('filing_file', { filing: plan.id })).told.job!)
  expect(await readdir(path.join(target, 'one'))).toHaveLength(6)
  await ended((await call('filing_undo', { filing: plan.id })).told.job!)
  await expect(readdir(target)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('A failure is told as an object with its code', async () => {
  const { call } = await connected()
  const { isError, answer } = await call('filing_file', { filing: 'none' })
  expect(isError).toBe(true)
  const [{ text }] = answer.content as [{ text: string }]
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'filing.missing' } })
  expect((await call('runs_remove', { run: 'x' })).isError).toBe(true)
})

test('What is no message of the protocol is said to be none, and the next one is answered', async () => {
  const { client: thaw } = await aHost()
  const [input, output] = [new PassThrough(), new PassThrough()]
  let left = 0
  void serveMcp(thaw, new StdioServerTransport(input, output), () => void (left += 1))
  const lines = createInterface(output)[Symbol.asyncIterator]()
  for (const line of ['{broken', '[]', '"text"', '{"jsonrpc":"1.0","id":1,"method":"ping"}'])
    input.write(`${line}\n`)
  input.write('{"jsonrpc":"2.0","id":2,"method":"ping"}\n')
  expect(JSON.parse((await lines.next()).value as string)).toEqual({ jsonrpc: '2.0', id: 2, result: {} })
  expect(left).toBe(4)
})

test('“thaw mcp” speaks it over standard input and output, and ends with it', async () => {
  const home = path.join(await testFolder(), 'home')
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['src/main/cli.ts', 'mcp'],
    env: { ...(process.env as Record<string, string>), THAW_HOME: home },
    stderr: 'inherit',
  })
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(transport)
  expect((await client.listTools()).tools).toHaveLength(programCallNames.length)
  const { structuredContent } = await client.callTool({ name: 'runs_list', arguments: {} })
  expect(structuredContent).toEqual({ runs: [], damaged: [] })
  const { pid } = transport
  await client.close()
  await expect.poll(() => isAlive(pid!)).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
