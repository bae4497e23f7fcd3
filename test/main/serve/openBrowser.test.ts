import { chmod, readFile } from 'node:fs/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { openBrowser } from '../../../src/main/serve/openBrowser.ts'
import { put, temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
afterEach(() => void vi.unstubAllEnvs())

// What is called is a file of ours; macOS and Windows call others.
it.skipIf(process.platform !== 'linux')('the browser gets the address as it is', async () => {
  const told = folder.path('told')
  const opener = await put(folder.path('bin', 'xdg-open'), `#!/bin/sh\nprintf '%s ' $# "$@" > '${told}'\n`)
  await chmod(opener, 0o755)
  vi.stubEnv('PATH', `${folder.path('bin')}:/usr/bin:/bin`)
  openBrowser('http://127.0.0.1:8479/?token=a&b=$(c) d')
  const said = () => readFile(told, 'utf8').catch(() => '')
  await expect.poll(said).toBe('1 http://127.0.0.1:8479/?token=a&b=$(c) d ')
})

it('a machine without a browser costs nothing', async () => {
  vi.stubEnv('PATH', folder.path('nothing'))
  openBrowser('http://127.0.0.1:8479/')
  // An error that nobody listens for would end the process.
  await new Promise((resolve) => setTimeout(resolve, 100))
})
