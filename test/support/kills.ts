import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { readEvents } from '../../src/main/engine/store/runFolder.ts'
import type { Running } from './commandLine.ts'
import { startThaw, thaw } from './commandLine.ts'
import { drawTinyPhotos, tinySettings } from './tinyTraining.ts'

/** All that a checkpoint has to bring back: optimizer, averages, counters, plans, views, and a place inside an epoch. */
const everything = {
  plan: 'head-only',
  thaw: [
    { epoch: 2, plan: { fc: 1e-3, 'features.5': 1e-3 } },
    { epoch: 4, plan: 'everything' },
  ],
  epochs: 6,
  accumulate: 2,
  optimizer: 'adam',
  schedule: { kind: 'cosine' },
  movingAverage: 0.9,
  augmentation: 'views:2',
  // After every batch or two.
  checkpointMinutes: 1e-4,
  threads: 2,
} as const

const weightsOf = (folder: string) =>
  Promise.all(['best', 'last'].map((name) => readFile(path.join(folder, `${name}.safetensors`))))

/** What the epochs brought, without the times they took. */
async function historyOf(folder: string): Promise<unknown[]> {
  const history: unknown[] = []
  for await (const { event } of readEvents(folder))
    if (event.type === 'epoch') history.push({ ...event, seconds: 0 })
    else if (event.type === 'receipt') history.push(event)
  return history
}

async function isFinished(folder: string): Promise<boolean> {
  for await (const { event } of readEvents(folder)) if (event.type === 'finished') return true
  return false
}

interface Begun {
  out: string
  env: Record<string, string>
  run: Running
}

/** How often a run is begun anew that the system took before its first line. */
const mostBeginnings = 3

/**
 * A run that has told its plan. Where memory is short because other suites run beside this one, the system may end a process with
 * SIGKILL before that: no run has begun then, and no moment is lost that this test is about. Any other end is a failure.
 */
async function begun(start: (name: string) => Begun, name: string): Promise<Begun> {
  for (let tries = 1; ; tries += 1) {
    const run = start(tries === 1 ? name : `${name}-${tries}`)
    const told = await run.run.line('"plan"').catch((error: unknown) => error as Error)
    if (typeof told === 'string') return run
    const { signal } = await run.run.ended
    if (signal !== 'SIGKILL' || tries === mostBeginnings) throw told
  }
}

/**
 * Trains once undisturbed, then again and again with `kill -9` at a random moment and a resume to the end: the weights have to
 * be the same bytes each time, and the recorded epochs the same.
 */
export async function killAndResume(folder: string, times: number): Promise<void> {
  const photos = path.join(folder, 'photos')
  await drawTinyPhotos(photos)
  const config = path.join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ ...(await tinySettings(folder, 'tiny-bn')), ...everything }))

  // A cache of its own each time, so that it is cut short as well.
  const start = (name: string) => {
    const out = path.join(folder, name)
    const env = { THAW_HOME: path.join(folder, 'home'), THAW_CACHE: path.join(folder, `${name}-cache`) }
    return {
      out,
      env,
      run: startThaw(['train', photos, '--config', config, '--out', out, '--json'], { env }),
    }
  }
  const undisturbed = await begun(start, 'undisturbed')
  const at = performance.now()
  const { code, err } = await undisturbed.run.ended
  expect(code, err).toBe(0)
  let duration = performance.now() - at
  const expected = await weightsOf(undisturbed.out)
  const history = await historyOf(undisturbed.out)

  let killed = 0
  let resumes = 0
  // Said as it goes: a hundred kills take long, and a run that is ended early has told something.
  const tell = (tries: number) =>
    console.log(`${tries} of ${times} runs: ${killed} killed, ${resumes} resumed, all to the same bytes`)
  for (let i = 0; i < times; i += 1) {
    if (i > 0 && i % 5 === 0) tell(i)
    const { out, env, run } = await begun(start, `killed-${i}`)
    const moment = Math.random() * duration
    const toldPlan = performance.now()
    await Promise.race([setTimeout(moment), run.ended])
    run.child.kill('SIGKILL')
    const { signal } = await run.ended
    if (signal === null) {
      // It was done before: a run takes less by now than the first one did, beside whatever else was at work then.
      duration = Math.min(duration, performance.now() - toldPlan)
      continue
    }
    killed += 1
    let told = `killed after ${moment.toFixed(0)} of ${duration.toFixed(0)} ms`
    // Between its last event and its end all is done already: there is nothing to resume, and nothing may be missing.
    if (!(await isFinished(out))) {
      const resumed = await thaw(['resume', out, '--json'], { env })
      told += `: ${resumed.err}`
      expect(resumed.code, told).toBe(0)
      resumes += 1
    }
    const found = await weightsOf(out)
    found.forEach((bytes, k) => expect(bytes.equals(expected[k]!), told).toBe(true))
    expect(await historyOf(out), told).toEqual(history)
  }
  tell(times)
  expect(killed).toBeGreaterThan(times / 2)
}
