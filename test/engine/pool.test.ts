import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { onPath } from '../../scripts/setup/tools.ts'
import { checkoutRoot } from '../../src/main/host/engineFiles.ts'
import { temporaryFolder } from '../support/folder.ts'

const run = promisify(execFile)
const folder = temporaryFolder()
const compiler = ['g++', 'c++', 'clang++'].find(onPath)

// Kernels of our own are compiled for Linux on x64 alone, and only where there is a compiler.
test.skipIf(process.platform !== 'linux' || process.arch !== 'x64' || compiler === undefined)(
  'Threads do each piece of a work once, and begin with the same share of every work',
  async () => {
    const program = folder.path('pool')
    const source = path.join(checkoutRoot(), 'test', 'support', 'native', 'pool.cc')
    const include = path.join(checkoutRoot(), 'native')
    await run(compiler!, ['-std=c++17', '-O2', '-pthread', '-I', include, '-o', program, source])
    for (const threads of ['1', '2', '3', '5']) {
      const env = { ...process.env, TF_NUM_INTRAOP_THREADS: threads }
      const { stdout } = await run(program, [threads], { env })
      const told = JSON.parse(stdout) as { wrongPieces: number; works: number; wrongBeginnings: number }
      expect(told.wrongPieces).toBe(0)
      // Who still looks for pieces of the last work while the next is dealt out may find another's first: seldom.
      expect(told.wrongBeginnings).toBeLessThan(told.works / 10)
    }
  },
)
