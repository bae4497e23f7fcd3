/** The installed command line begins by `installed.ts`, in a folder that may be read-only. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { writeCommands } from '../../../scripts/package/commands.ts'
import { temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const installed = path.resolve(import.meta.dirname, '../../../src/main/installed.ts')

/** @returns what `thaw network NAME` prints with these folders */
async function network(env: Record<string, string>): Promise<string> {
  const outer = { ...process.env, NODE_COMPILE_CACHE: undefined }
  const args = ['--disable-warning=ExperimentalWarning', installed, 'network', 'tiny-vgg', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...outer, ...env } })
  return stdout
}

it('What it compiled is kept in the person’s cache folder, and the data folder is the person’s alone', async () => {
  const home = folder.path('home')
  const printed = await network({ THAW_HOME: home, THAW_CACHE: '' })
  expect(JSON.parse(printed.split('\n')[0]!)).toHaveProperty('kind')
  expect(await readdir(path.join(home, 'cache', 'compiled'))).not.toEqual([])
  if (process.platform !== 'win32') expect((await stat(home)).mode & 0o077).toBe(0)
  expect(await network({ THAW_HOME: home, THAW_CACHE: '' })).toBe(printed)
})

it('It answers where nothing can be kept too', async () => {
  const file = folder.path('no folder')
  await writeFile(file, '')
  expect(await network({ THAW_HOME: folder.path('other'), THAW_CACHE: file })).toContain('"kind"')
})

it.skipIf(process.platform === 'win32')('The command that is installed begins by it', async () => {
  const resources = folder.path('resources')
  writeCommands(path.join(resources, 'bin'))
  await mkdir(path.join(resources, 'node'))
  // In place of Node: tells what it was to run.
  await writeFile(path.join(resources, 'node', 'node'), '#!/bin/sh\necho "$@"\n')
  await chmod(path.join(resources, 'node', 'node'), 0o755)
  const { stdout } = await promisify(execFile)(path.join(resources, 'bin', 'thaw'), ['runs', 'a b'])
  expect(stdout).toContain('/engine/src/main/installed.ts runs a b')
})
