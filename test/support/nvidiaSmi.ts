import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { put } from './folder.ts'

/** A program named nvidia-smi in a folder, that prints a recorded output of the real one (test/fixtures/nvidia-smi). */
export async function fakeNvidiaSmi(folder: string, recorded: string): Promise<void> {
  const output = fileURLToPath(new URL(`../fixtures/nvidia-smi/${recorded}.txt`, import.meta.url))
  // Its folder may be all that PATH has.
  const program = await put(path.join(folder, 'nvidia-smi'), `#!/bin/sh\n/bin/cat '${output}'\n`)
  await chmod(program, 0o755)
}
