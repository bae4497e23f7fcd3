import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { innerContract } from '../../../src/shared/contract.ts'
import type { Wire } from '../../../src/shared/wire.ts'

/** Calls that are answered at once or not at all; what would scan the disk or wait for the network is left out. */
const harmless = Object.keys(innerContract.calls).filter(
  (call) =>
    !/^(jobs\.start|library\.work|trainer\.work|sample|recipePhotos|models\.download|selections\.make|datasets\.(add|rescan)|engine|gpu)/.test(
      call,
    ),
)

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
/** Own keys that an object literal would take for something else. */
const prototypes = fc.constantFrom<unknown>(
  JSON.parse('{"__proto__":{"run":"r"}}'),
  JSON.parse('{"constructor":{"prototype":{"run":"r"}},"run":"r"}'),
  JSON.parse('{"draft":{"__proto__":{"toString":1}}}'),
)
const huge = fc.constantFrom<unknown>(
  { run: 'x'.repeat(1_000_000) },
  { draft: Array.from({ length: 100_000 }, (_, i) => i) },
  { draft: nested(1000) },
  nested(2000),
)
const field = fc.oneof(
  fc.string(),
  fc.constantFrom('../..', 'nowhere/at/all', '/nowhere', '\0', 'a'.repeat(5000)),
)
const fields = fc.record(
  { run: field, dataset: field, id: field, path: field, file: field, photo: field, draft: fc.jsonValue() },
  { requiredKeys: [] },
)
const input = fc.oneof(
  { weight: 30, arbitrary: fc.constant({}) },
  { weight: 30, arbitrary: fc.jsonValue() },
  { weight: 30, arbitrary: fields },
  { weight: 5, arbitrary: prototypes },
  { weight: 1, arbitrary: huge },
)
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...harmless) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty') },
  { weight: 1, arbitrary: fc.string() },
)
const id = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 0.5, 1e300, '1', null))
const call = { type: fc.constant('call'), id: fc.integer({ min: 1 }), call: name, input }

/** Frames as a window might send them that is broken, old, or means harm. */
export const clientFrames = fc.oneof(
  { weight: 8, arbitrary: fc.record(call) },
  { weight: 1, arbitrary: fc.record({ ...call, id }) },
  { weight: 1, arbitrary: fc.record({ ...call, version: fc.integer() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel'), id }) },
  { weight: 1, arbitrary: fc.jsonValue() },
)

/** Frames as a child might send them that is broken or old. */
export const serverFrames = fc.oneof(
  fc.record({ type: fc.constant('result'), id, output: fc.jsonValue() }),
  fc.record({ type: fc.constant('progress'), id, item: fc.jsonValue() }),
  fc.record({ type: fc.constant('error'), id, error: fc.jsonValue() }),
  fc.record({
    type: fc.constant('event'),
    number: fc.integer(),
    event: fc.oneof(fc.constantFrom(...Object.keys(innerContract.events), '__proto__'), fc.string()),
    data: fc.oneof(fc.constant({}), fc.jsonValue(), huge),
  }),
  fc.jsonValue(),
)

/** How many frames a wire has to stand. */
export const frameCount = 2000

export const sampleOf = (frames: fc.Arbitrary<unknown>): unknown[] =>
  fc.sample(frames, { numRuns: frameCount, seed: 20 })

/** Sends them all. @returns what came back until everything was settled */
export async function bombard(wire: Pick<Wire, 'send' | 'onFrame'>, settle: () => Promise<unknown>) {
  const answers: string[] = []
  wire.onFrame((answer) => answers.push(JSON.stringify(answer)))
  for (const frame of sampleOf(clientFrames)) wire.send(frame)
  await settle()
  // What is on its way still: the last calls may wait for a file.
  await sleep(200)
  return answers
}

/** Answers that show a stack trace or a place in our source. Paths that a call asks for (the data folder) are no leak. */
export function leaksIn(answers: readonly string[], ...secrets: string[]): string[] {
  const inside = /\n\s+at |\\n\s+at |node_modules|src\/main|\.ts:\d/
  const isError = (answer: string) => answer.startsWith('{"type":"error"')
  return answers.filter(
    (answer) => inside.test(answer) || (isError(answer) && secrets.some((secret) => answer.includes(secret))),
  )
}
