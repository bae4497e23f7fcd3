import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { isAlive } from '../../../src/main/engine/processes.ts'

it('A process is alive until it ends, also where nobody asks how it ended', async () => {
  expect(isAlive(process.pid)).toBe(true)
  // The inner process ends at once and stays as a zombie: the shell became a sleep, which does not ask for it.
  const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'])
  const [told] = (await once(shell.stdout, 'data')) as [Buffer]
  const inner = Number(told.toString())
  while (isAlive(inner)) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(isAlive(shell.pid!)).toBe(true)
  shell.kill()
  await once(shell, 'exit')
  expect(isAlive(shell.pid!)).toBe(false)
})
