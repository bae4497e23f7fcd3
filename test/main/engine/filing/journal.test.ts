import { expect, it } from 'vitest'
import { Filing, storePlan } from '../../../../src/main/engine/filing/filing.ts'
import { MemoryDisk } from '../../../support/filing/memoryDisk.ts'

const journal = '/data/filing/journal.jsonl'
const names = ['a', 'b', 'c']

/** A disk with a list of three photos, and a filing of it as a new process opens it. */
async function listed(how: 'move' | 'copy' | 'link', target: string) {
  const disk = new MemoryDisk()
  for (const made of ['/one', '/two', '/data']) await disk.makeFolder(made)
  const acts = []
  for (const name of names) {
    await disk.write(`/one/${name}.jpg`, Buffer.from(`photo ${name}`))
    const { modified } = (await disk.facts(`/one/${name}.jpg`))!
    const act = { act: how, from: `/one/${name}.jpg`, to: `${target}/x/${name}.jpg`, bytes: 7, modified }
    acts.push({ ...act, renamed: false })
  }
  const about = { format: 1 as const, id: 'id', created: '', how, target, pattern: '' }
  await storePlan('/data/filing', { ...about, acts, left: [], needs: 0, free: 0, inside: null }, disk)
  return { disk, open: () => Filing.open('/data/filing', { files: disk }) }
}

async function end(acts: AsyncGenerator): Promise<void> {
  while (!(await acts.next()).done);
}

const below = (disk: MemoryDisk, folder: string): string[] =>
  [...disk.nodes.keys()].filter((file) => file.startsWith(`${folder}/`)).toSorted()

it.each([
  ['move', '/one/sorted'],
  ['move', '/two/sorted'],
  ['copy', '/two/sorted'],
  ['link', '/two/sorted'],
] as const)(
  'a journal that was cut at any byte takes a %s to %s back without a loss',
  async (how, target) => {
    const { disk, open } = await listed(how, target)
    await end((await open()).run())
    const filed = new Map(disk.nodes)
    const half = (await disk.read(journal)).length
    await end((await open()).undo())
    const undone = new Map(disk.nodes)
    const whole = await disk.read(journal)
    for (let length = 0; length <= whole.length; length += 1)
      for (const goesOn of [false, true]) {
        disk.nodes.clear()
        for (const [file, node] of length > half ? undone : filed) disk.nodes.set(file, { ...node })
        await disk.remove(journal)
        await disk.append(journal, whole.subarray(0, length).toString())
        if (goesOn) await end((await open()).run())
        await end((await open()).undo())
        for (const name of names) expect(String(await disk.read(`/one/${name}.jpg`))).toBe(`photo ${name}`)
        const left = below(disk, target).filter((file) => file.endsWith('.jpg'))
        if (how === 'move') expect(left).toEqual([])
        // A copy or a link that no line tells of may be somebody else's, and stays.
        else if (length >= half) expect(left).toEqual([])
      }
  },
)
