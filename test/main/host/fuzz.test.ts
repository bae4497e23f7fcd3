import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contract, innerContract } from '../../../src/shared/contract.ts'
import { wirePair } from '../../../src/shared/wire.ts'
import type { Wire } from '../../../src/shared/wire.ts'
import { aHost } from '../../support/engine/host.ts'
import { startedServe } from '../../support/engine/serve.ts'

const frames = 2000

/** Calls that are answered at once or not at all; what would scan the disk or wait for the network is left out. */
const harmless = Object.keys(innerContract.calls).filter(
  (call) =>
    !/^(sample|recipePhotos|models\.download|selections\.make|datasets\.(add|rescan)|engine)/.test(call),
)

const name = fc.oneof(fc.constantFrom(...harmless), fc.constantFrom('__proto__', 'constructor'), fc.string())
const input = fc.oneof(
  fc.constant({}),
  fc.jsonValue(),
  fc.record(
    { run: fc.string(), dataset: fc.string(), id: fc.string(), draft: fc.jsonValue() },
    { requiredKeys: [] },
  ),
)
const frame = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('call'), id: fc.integer(), call: name, input }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel'), id: fc.integer() }) },
  { weight: 1, arbitrary: fc.jsonValue() },
)

/** Sends them all; what came back in the meantime. */
async function bombard(wire: Wire, settle: () => Promise<unknown>): Promise<string[]> {
  const answers: string[] = []
  wire.onFrame((answer) => answers.push(JSON.stringify(answer)))
  for (const one of fc.sample(frame, { numRuns: frames, seed: 20 })) wire.send(one)
  await settle()
  return answers
}

/** No stack trace, no place in our source. Paths that a call asks for (the data folder) are no leak. */
const leak = /\n\s+at |node_modules|src\/main|\.ts:\d/

test(`${frames} random frames in memory neither crash the host nor make it tell of its inside`, async () => {
  const { host, client } = await aHost()
  const [near, far] = wirePair()
  host.attach(far)
  const answers = await bombard(near, () => client.call('settings.get', {}))
  expect(answers.length).toBeGreaterThan(frames / 4)
  expect(answers.filter((answer) => leak.test(answer))).toEqual([])
  expect(host.states()).toMatchObject([{ state: 'ready' }, { state: 'ready' }])
})

test(`${frames} random frames over a WebSocket do no harm either`, async () => {
  const { serving, open } = await startedServe()
  const { wire } = await open()
  const { client } = await open()
  const answers = await bombard(wire, () => client.call('settings.get', {}))
  expect(answers.length).toBeGreaterThan(frames / 4)
  expect(answers.filter((answer) => leak.test(answer))).toEqual([])
  expect(serving.host.states()).toMatchObject([{ state: 'ready' }, { state: 'ready' }])
})

test('Calls between the host and its children cannot be made from a window', async () => {
  const { client } = await aHost()
  const inner = Object.keys(innerContract.calls).filter((call) => !Object.hasOwn(contract.calls, call))
  for (const call of inner)
    await expect(client.call(call as never, {} as never)).rejects.toMatchObject({
      code: 'rpc.unknown-method',
    })
})
