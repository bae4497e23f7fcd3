import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { startChild } from '../../../src/main/host/child.ts'
import type { Log } from '../../../src/main/host/log.ts'
import { largePages } from '../../../src/main/host/largePages.ts'
import { temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()

/** What a child that computes finds in its environment. */
async function toldBy(env: NodeJS.ProcessEnv): Promise<string[]> {
  const entry = folder.path('tells.mjs')
  await writeFile(entry, 'console.log(process.env.GLIBC_TUNABLES)')
  const told: string[] = []
  const log = { write: (_level: string, _part: string, line: string) => told.push(line) } as unknown as Log
  const child = startChild({ part: 'trainer', node: process.execPath, entry, env, log })
  // It greets nobody.
  await Promise.allSettled([child.ended, child.greeted])
  await expect.poll(() => told.length).toBe(1)
  return told
}

it('A child gets large pages, unless somebody has set something else', async () => {
  const env = { ...process.env }
  delete env['GLIBC_TUNABLES']
  expect(await toldBy(env)).toEqual([largePages.GLIBC_TUNABLES])
  const own = 'glibc.malloc.arena_max=4'
  expect(await toldBy({ ...env, GLIBC_TUNABLES: own })).toEqual([own])
})
