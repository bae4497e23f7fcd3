import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { EngineState } from '../../../src/shared/api/app.ts'
import { openLog } from '../../../src/main/host/log.ts'
import { Supervisor } from '../../../src/main/host/supervisor.ts'
import { put, temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
afterEach(() => void vi.restoreAllMocks())

/** A trainer that ends at once, each time. @param onCrash before it is thought about whether to start it again */
async function crashing(onCrash: () => void = () => undefined) {
  const states: EngineState['state'][] = []
  const supervisor = new Supervisor({
    ...{ part: 'trainer' as const, node: process.execPath, env: process.env, backOff: [1, 1] },
    entry: await put(folder.path('bad.mjs'), 'process.exit(3)'),
    log: openLog(path.join(folder.path('home'))),
    onReady: () => undefined,
    onState: ({ state }) => {
      states.push(state)
      if (state === 'crashed') onCrash()
    },
  })
  const until = (count: number, state: EngineState['state']) =>
    expect.poll(() => states.filter((it) => it === state).length).toBeGreaterThanOrEqual(count)
  return { states, supervisor, until }
}

const twice = ['starting', 'crashed', 'starting', 'crashed', 'starting', 'failed']

test('A person who starts what was given up gets as many tries as at first', async () => {
  const { states, supervisor, until } = await crashing()
  supervisor.start()
  await until(1, 'failed')
  expect(states).toEqual(twice)
  supervisor.restart()
  await until(2, 'failed')
  expect(states).toEqual([...twice, ...twice])
  await expect(supervisor.ready()).rejects.toMatchObject({ code: 'engine.gone' })
  await supervisor.close()
})

test('Crashes of more than a minute ago do not count', async () => {
  let [ahead, far] = [0, true]
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead)
  const { states, supervisor, until } = await crashing(() => (ahead += far ? 60_000 : 0))
  supervisor.start()
  await until(4, 'crashed')
  expect(states).not.toContain('failed')
  far = false
  await until(1, 'failed')
  await supervisor.close()
})
