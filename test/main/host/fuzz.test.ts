import { protocolVersion } from '../../../src/shared/version.ts'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkoutRoot } from '../../../src/main/host/engineFiles.ts'
import { contract, innerContract } from '../../../src/shared/contract.ts'
import { processWire, wirePair } from '../../../src/shared/wire.ts'
import { put } from '../../support/folder.ts'
import { aHost, bothReady, fakeEngine, testFolder } from '../../support/engine/host.ts'
import { startedServe } from '../../support/engine/serve.ts'
import { bombard, frameCount, leaksIn, sampleOf, serverFrames } from '../../support/rpc/frames.ts'

const root = checkoutRoot()

test(`${frameCount} random frames in memory neither crash the host nor make it tell of its inside`, async () => {
  const { host, client } = await aHost()
  await expect.poll(() => host.states()).toMatchObject(bothReady)
  const [near, far] = wirePair()
  host.attach(far)
  const answers = await bombard(near, () => client.call('settings.get', {}))
  expect(answers.length).toBeGreaterThan(frameCount / 4)
  expect(leaksIn(answers, root)).toEqual([])
  expect(host.states()).toMatchObject(bothReady)
})

test(`${frameCount} random frames over a WebSocket do no harm either`, async () => {
  const { serving, open } = await startedServe()
  const { wire } = await open()
  const { client } = await open()
  await expect.poll(() => serving.host.states()).toMatchObject(bothReady)
  const answers = await bombard(wire, () => client.call('settings.get', {}))
  expect(answers.length).toBeGreaterThan(frameCount / 4)
  expect(leaksIn(answers, root)).toEqual([])
  expect(serving.host.states()).toMatchObject(bothReady)
})

test.each(['library', 'trainer'] as const)(
  `${frameCount} random frames over a child’s channel do not end the %s`,
  async (part) => {
    const home = path.join(await testFolder(), 'home')
    const { node, ...entries } = fakeEngine()
    const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', entries[part]], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env,
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const wire = processWire(child)
    const ping = { type: 'call', id: 2 ** 40, call: `${part}.ping`, input: {} }
    const answers = await bombard(wire, async () => {
      const answered = new Promise<void>((resolve) => {
        wire.onFrame((frame) => (frame as { id?: number }).id === ping.id && resolve())
      })
      wire.send(ping)
      await answered
    })
    expect(answers.length).toBeGreaterThan(frameCount / 4)
    expect(leaksIn(answers, root)).toEqual([])
    expect(child.exitCode).toBeNull()
  },
)

test(`A child that sends ${frameCount} random frames does not bring the host down, and no window hears of them`, async () => {
  const entry = await put(
    path.join(await testFolder(), 'babbler.ts'),
    `import { readFileSync } from 'node:fs'
     import { greeting } from '${root}/src/main/engine/child/answerParent.ts'
     process.on('message', ({ id, call }) => {
       if (call === undefined) return
       process.send({ type: 'result', id, output: call.endsWith('.hello') ? greeting() : { silence: 1, isFree: true } })
       if (!call.endsWith('.hello')) return
       for (const frame of JSON.parse(readFileSync(import.meta.dirname + '/frames.json', 'utf8'))) process.send(frame)
     })
     process.on('disconnect', () => process.exit())`,
  )
  await put(path.join(path.dirname(entry), 'frames.json'), JSON.stringify(sampleOf(serverFrames)))
  const host = await aHost(undefined, { engine: { ...fakeEngine(), trainer: entry } })
  const failures: unknown[] = []
  const [near, far] = wirePair()
  const heard: string[] = []
  near.onFrame((frame) => heard.push(JSON.stringify(frame)))
  host.host.attach(far)
  near.send({ type: 'hello', protocol: protocolVersion, session: null, after: 0 })
  await expect.poll(() => host.host.states()).toMatchObject(bothReady)
  await host.client.call('doctor', {}).catch((error: unknown) => failures.push(error))
  expect(failures).toMatchObject([{ code: 'internal' }])
  expect(host.host.states()).toMatchObject(bothReady)
  expect(leaksIn(heard, root)).toEqual([])
})

test('Calls between the host and its children cannot be made from a window', async () => {
  const { client } = await aHost()
  const inner = Object.keys(innerContract.calls).filter((call) => !Object.hasOwn(contract.calls, call))
  for (const call of inner)
    await expect(client.call(call as never, {} as never)).rejects.toMatchObject({
      code: 'rpc.unknown-method',
    })
})
