import { appendFile, readFile, stat } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { openLog } from '../../../src/main/host/log.ts'
import { put, temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const isFor = async (file: string) => (await stat(file)).mode & 0o777

it('what is written is told again, the oldest first, and only the person can read it', async () => {
  const log = openLog(folder.path('told'))
  for (const message of ['one', ' two\n', '   ', 'three']) log.write('info', 'host', message)
  expect(log.tail(10)).toMatchObject([
    { level: 'info', part: 'host', message: 'one' },
    { message: 'two' },
    { message: 'three' },
  ])
  expect(log.tail(2).map(({ message }) => message)).toEqual(['two', 'three'])
  expect(Math.abs(Date.parse(log.tail(1)[0]!.when) - Date.now())).toBeLessThan(60_000)
  if (process.platform === 'win32') return
  expect(await isFor(log.file)).toBe(0o600)
  expect(await isFor(folder.path('told', 'logs'))).toBe(0o700)
})

it('it does not grow for ever: one older log is kept, and its lines are told before the newer ones', async () => {
  const log = openLog(folder.path('long'))
  const text = 'x'.repeat(5000)
  const sizes = async () =>
    Promise.all(
      [log.file, `${log.file}.1`].map(async (file) => (await stat(file).catch(() => ({ size: 0 }))).size),
    )
  let most = 0
  for (let i = 0; i < 1600; i += 1) {
    log.write('warn', 'trainer', `${i} ${text}`)
    if (i % 100 === 0) most = Math.max(most, ...(await sizes()))
  }
  // 1,600 lines of 4,000 characters at most are 6.5 MB.
  const [now, before] = await sizes()
  expect(before).toBeGreaterThan(2 ** 21)
  expect(now).toBeGreaterThan(0)
  expect(Math.max(most, now!, before!)).toBeLessThan(2 ** 21 + 10_000)
  const numbers = log.tail(800).map(({ message }) => Number(message.split(' ')[0]))
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 1600 - numbers.length + i))
  expect(numbers.length).toBeGreaterThan(500)
  expect(log.tail(1)[0]!.message).toHaveLength(4000)
})

it('a line that was cut off when the machine died is left out, and one that no log has', async () => {
  const log = openLog(folder.path('torn'))
  log.write('error', 'library', 'first')
  await appendFile(log.file, '{"when":"2026-11-29T00:00:00.000Z"}\n{"when":"2026')
  expect(log.tail(10).map(({ message }) => message)).toEqual(['first'])
})

it('a place that takes no log costs the entry, nothing else', async () => {
  const home = await put(folder.path('a-file'), 'no folder')
  const log = openLog(home)
  log.write('error', 'host', 'nowhere')
  expect(log.tail(10)).toEqual([])
  expect(await readFile(home, 'utf8')).toBe('no folder')
})
