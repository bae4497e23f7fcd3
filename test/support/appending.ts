/**
 * Windows shortens no file through a handle that was opened for appending. Linux does, so that a fault there would go unnoticed here: the tests'
 * handles refuse it too.
 */
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

const appends = 0o2000

if (process.platform === 'linux') {
  const own = await open(import.meta.filename)
  const handles = Object.getPrototypeOf(own) as FileHandle
  await own.close()
  const truncate = Reflect.get(handles, 'truncate')
  handles.truncate = function (this: FileHandle, length) {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${this.fd}`, 'utf8'))?.[1]
    if (parseInt(flags!, 8) & appends)
      return Promise.reject(
        Object.assign(new Error('EPERM: operation not permitted, ftruncate'), { code: 'EPERM' }),
      )
    return truncate.call(this, length)
  }
}
