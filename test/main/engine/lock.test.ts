import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holderOf, Lock } from '../../../src/main/engine/lock.ts'
import { temporaryFolder } from '../../support/folder.ts'
import type { RacerCall } from '../../support/lockRacer.ts'

const folder = temporaryFolder()
const racers: ChildProcess[] = []

async function racer(): Promise<ChildProcess> {
  const child = fork('test/support/lockRacer.ts', { execArgv: [] })
  racers.push(child)
  await once(child, 'message')
  return child
}

async function ask(child: ChildProcess, call: RacerCall): Promise<unknown> {
  const answer = once(child, 'message')
  child.send(call)
  return ((await answer) as unknown[])[0]
}

const now = () => performance.timeOrigin + performance.now()

describe('A lock', () => {
  const file = () => folder.path('lock')
  afterAll(() => racers.forEach((child) => child.kill()))

  it('is had by one at a time, in one process too, and can be taken again', () => {
    const lock = Lock.take(file())!
    expect(Lock.take(file())).toBeUndefined()
    expect(holderOf(file())).toBe(process.pid)
    lock.release()
    lock.release()
    expect(holderOf(file())).toBeUndefined()
    const again = Lock.take(file())!
    expect(again).toBeDefined()
    again.release()
  })

  it('of a process that was killed is free at once, whoever has its number now', async () => {
    const child = await racer()
    expect(await ask(child, { take: file(), at: 0 })).toBe('taken')
    expect(holderOf(file())).toBe(child.pid)
    expect(Lock.take(file())).toBeUndefined()
    child.kill('SIGKILL')
    await once(child, 'exit')
    // As if this very process had been given the number.
    await writeFile(file(), JSON.stringify({ pid: process.pid }))
    expect(holderOf(file())).toBeUndefined()
    Lock.take(file())!.release()
  })

  it('that was left by the first version holds nobody up', async () => {
    await writeFile(folder.path('first'), JSON.stringify({ pid: process.pid, begin: '1' }))
    const lock = Lock.take(folder.path('first'))!
    expect(holderOf(folder.path('first'))).toBe(process.pid)
    lock.release()
  })

  it('is not made by asking who has it', async () => {
    expect(holderOf(folder.path('nobody'))).toBeUndefined()
    await expect(readFile(folder.path('nobody.sqlite'))).rejects.toThrow('ENOENT')
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'in a folder that cannot be written says so',
    async () => {
      await mkdir(folder.path('closed'), { mode: 0o500 })
      expect(() => Lock.take(folder.path('closed', 'lock'))).toThrow(
        expect.objectContaining({ code: 'output.unwritable' }),
      )
      await chmod(folder.path('closed'), 0o700)
    },
  )

  it('in a folder that is not there says so', () => {
    expect(() => Lock.take(folder.path('nowhere', 'lock'))).toThrow(
      expect.objectContaining({ code: 'output.unwritable' }),
    )
  })

  describe('left by a killed process', () => {
    const rounds = 300
    let runners: ChildProcess[]
    beforeAll(async () => {
      await mkdir(folder.path('stale'))
      const victim = await racer()
      await ask(victim, { take: folder.path('stale', 'lock'), at: 0 })
      victim.kill('SIGKILL')
      await once(victim, 'exit')
      runners = await Promise.all([racer(), racer(), racer()])
    })

    it(`is taken by exactly one of three processes that come at once, ${rounds} times`, async () => {
      const winners = new Set<number>()
      for (let round = 0; round < rounds; round += 1) {
        const at = folder.path(`round-${round}`)
        await cp(folder.path('stale'), at, { recursive: true })
        const call = { take: `${at}/lock`, at: now() + 3 }
        const answers = await Promise.all(runners.map((child) => ask(child, call)))
        expect(
          answers.filter((answer) => answer === 'taken'),
          `round ${round}`,
        ).toHaveLength(1)
        winners.add(answers.indexOf('taken'))
        expect(holderOf(call.take)).toBe(runners[answers.indexOf('taken')]!.pid)
        expect(new Set(await Promise.all(runners.map((child) => ask(child, 'release'))))).toEqual(
          new Set(['released']),
        )
      }
      // Otherwise they did not race.
      expect(winners.size).toBeGreaterThan(1)
    })
  })
})

it('A lock whose database cannot be read has no holder, whatever is written beside it', async () => {
  const file = folder.path('unreadable.lock')
  await writeFile(file, JSON.stringify({ pid: 1 }))
  await writeFile(`${file}.sqlite`, 'no database '.repeat(100))
  expect(holderOf(file)).toBeUndefined()
})
