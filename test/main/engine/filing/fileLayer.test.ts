import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FileLayer } from '../../../../src/main/engine/filing/fileLayer.ts'
import { disk } from '../../../../src/main/engine/filing/fileLayer.ts'
import { MemoryDisk } from '../../../support/filing/memoryDisk.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'thaw-layer-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What a step gives, or the code of its failure. */
const outcome = (step: Promise<unknown>): Promise<unknown> =>
  step.catch((error: unknown) => (error as { code?: string }).code)

/** Runs one list of steps, and tells what each gave. */
async function story(files: FileLayer, root: string): Promise<unknown[]> {
  const at = (name: string) => path.posix.join(root, name)
  const about = async (name: string) => {
    const facts = await files.facts(at(name))
    return (
      facts && {
        kind: facts.kind,
        bytes: facts.kind === 'file' ? facts.bytes : 0,
        mode: facts.kind === 'file' ? facts.mode : 0,
      }
    )
  }
  const steps: (() => Promise<unknown>)[] = [
    () => files.makeFolder(at('a')),
    () => files.makeFolder(at('a')),
    () => files.makeFolder(at('none/below')),
    () => files.write(at('a/photo'), Buffer.from('bytes')),
    () => files.write(at('a/photo'), Buffer.from('others')),
    () => files.reserve(at('a/photo')),
    () => files.reserve(at('a/reserved')),
    () => about('a/reserved').then((it) => it && { ...it, mode: 0 }),
    () => files.copy(at('a/photo'), at('a/copy')),
    () => about('a/copy'),
    () => files.copy(at('a/none'), at('a/copy 2')),
    () => files.copy(at('a/photo'), at('a/copy')),
    () => files.hash(at('a/photo')),
    () => files.hash(at('a/none')),
    () => files.read(at('a/copy')).then(String),
    () => files.setMode(at('a/copy'), 0o444),
    () => files.setTimes(at('a/copy'), { accessed: 1_600_000_000_000, modified: 1_600_000_001_000 }),
    () => files.facts(at('a/copy')).then((it) => it?.modified),
    () => about('a/copy'),
    () => files.rename(at('a/copy'), at('a/reserved')),
    () => about('a/copy'),
    () => about('a/reserved'),
    () => files.rename(at('a/none'), at('a/any')),
    () => files.rename(at('a/photo'), at('none/photo')),
    () => files.link(at('a/photo'), at('a/link')),
    () => files.link(at('a/photo'), at('a/link')),
    () => about('a/link'),
    () => files.linkTarget(at('a/link')).then((it) => path.posix.relative(root, it)),
    () => files.append(at('a/journal'), 'one\n'),
    () => files.append(at('a/journal'), 'two\n'),
    () => files.read(at('a/journal')).then(String),
    () => files.list(at('a')).then((names) => names.toSorted()),
    () => files.list(at('none')),
    () => files.requireWritable(at('a')),
    () => files.requireWritable(at('none')),
    () => files.removeFolder(at('a')),
    () => files.sync(at('a/photo')),
    () => files.sync(at('a/none')),
    () => files.syncFolder(at('a')),
    () => files.syncFolder(at('none')),
    () => files.remove(at('a/none')),
    () => files.remove(at('a/link')),
    () => files.remove(at('a/photo')),
    () => files.remove(at('a/reserved')),
    () => files.remove(at('a/journal')),
    () => files.removeFolder(at('a')),
    () => files.removeFolder(at('a')),
  ]
  const outcomes: unknown[] = []
  for (const step of steps) outcomes.push(await outcome(step()))
  return outcomes
}

describe('the disk in memory', () => {
  it('gives what the real one gives, step by step', async () => {
    const memory = new MemoryDisk()
    await memory.makeFolder('/root')
    expect(await story(memory, '/root')).toEqual(await story(disk, folder))
  })

  it('is several disks, and moves nothing between them', async () => {
    const memory = new MemoryDisk()
    await memory.makeFolder('/one')
    await memory.makeFolder('/two')
    await memory.write('/one/photo', Buffer.from('bytes'))
    expect(await outcome(memory.rename('/one/photo', '/two/photo'))).toBe('EXDEV')
    expect((await memory.facts('/one'))!.device).not.toBe((await memory.facts('/two'))!.device)
  })
})
