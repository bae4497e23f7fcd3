import { appendFile, mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RunMarkFile } from '../../../../src/main/engine/store/runMarks.ts'
import { watchRuns } from '../../../../src/main/engine/store/watchRuns.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
let made = 0
let home = ''
let told = vi.fn<() => void>()
let grew = vi.fn<() => void>()
let unwatch: () => void = () => undefined

/** A data folder with one run, watched. */
beforeEach(async () => {
  home = folder.path(`home-${(made += 1)}`)
  await put(path.join(home, 'runs', 'one', 'run.json'), '{}')
  told = vi.fn()
  grew = vi.fn()
  unwatch = await watchRuns(
    { runs: path.join(home, 'runs'), runMarks: path.join(home, 'run-marks.json') },
    { onChange: told, onGrow: grew },
  )
  await sleep(50)
})
afterEach(() => unwatch())

/** Longer than nothing may happen before a change is told. */
const aWhile = () => sleep(700)
const once = () => expect.poll(() => told.mock.calls.length, { timeout: 5000 }).toBe(1)

test('A run that another process makes, also in two steps, and what is changed in it later, is told', async () => {
  await mkdir(path.join(home, 'runs', 'two'))
  await once()
  await put(path.join(home, 'runs', 'two', 'run.json'), '{}')
  await expect.poll(() => told.mock.calls.length, { timeout: 5000 }).toBeGreaterThan(1)
  await aWhile()
  told.mockClear()
  await put(path.join(home, 'runs', 'two', 'run.json'), '{"name":"other"}')
  await expect.poll(() => told.mock.calls.length, { timeout: 5000 }).toBeGreaterThan(0)
})

test('A run that is taken away and remarks that are made elsewhere are told, each act once', async () => {
  await rename(path.join(home, 'runs', 'one'), path.join(home, 'taken away'))
  await once()
  await aWhile()
  told.mockClear()
  await new RunMarkFile(path.join(home, 'run-marks.json')).mark(['one'], { star: true })
  await once()
})

test('A run that is thrown away and copied in again at once is followed as before', async () => {
  const one = path.join(home, 'runs', 'one')
  await rename(one, path.join(home, 'taken away'))
  await put(path.join(one, 'run.json'), '{}')
  await once()
  await aWhile()
  told.mockClear()
  await put(path.join(one, 'run.json'), '{"name":"other"}')
  await once()
})

test('What a training writes all the time is told by itself and seldom, and what is not whole yet is not', async () => {
  for (let line = 0; line < 5; line += 1) {
    await appendFile(path.join(home, 'runs', 'one', 'events.jsonl'), '{}\n')
    await put(path.join(home, 'runs', `three.thaw-${process.pid}-${line}.tmp`, 'run.json'), '{}')
  }
  await aWhile()
  expect(told).not.toHaveBeenCalled()
  await expect.poll(() => grew.mock.calls.length, { timeout: 5000 }).toBeGreaterThan(0)
  await aWhile()
  expect(grew.mock.calls.length).toBeLessThanOrEqual(2)
})

test('Nothing is told after its end', async () => {
  unwatch()
  await rm(path.join(home, 'runs', 'one'), { recursive: true })
  await aWhile()
  expect(told).not.toHaveBeenCalled()
})
