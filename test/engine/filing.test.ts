import { existsSync } from 'node:fs'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { put, temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const run = (...args: string[]) => thaw(args, { env: { THAW_HOME: folder.path('home') } })

interface Line {
  photo?: string
  verdict?: string
  top?: { class: string }[]
  act?: string
  from?: string
  to?: string
  type?: string
  id?: string
  acts?: number
  dryRun?: boolean
  renamed?: boolean
  free?: number
  left?: { photo: string; error: { code: string } }[]
  error?: { code: string }
}

/** Every file below a folder with its bytes. */
async function tree(below: string): Promise<Record<string, string>> {
  const entries = await readdir(below, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  const read = files.map(
    async (file) => [path.relative(below, file), (await readFile(file)).toString('latin1')] as const,
  )
  return Object.fromEntries((await Promise.all(read)).toSorted())
}

describe.skipIf(!nativeAddon() && !process.env['CI'])('filing by the command line', () => {
  const photos = folder.path.bind(undefined, 'mixed')
  const sorted = folder.path.bind(undefined, 'sorted')
  const classify = (...more: string[]) =>
    run('classify', photos(), '--run', folder.path('run'), '--json', '--unsure', 'file', ...more)

  beforeAll(async () => {
    await drawTinyPhotos(folder.path('photos'), 48, 40)
    const config = folder.path('config.json')
    const settings = {
      ...(await tinySettings(folder.path('weights'), 'tiny-vgg')),
      plan: 'everything',
      epochs: 1,
    }
    await writeFile(config, JSON.stringify(settings))
    await run('train', folder.path('photos'), '--config', config, '--out', folder.path('run'))
  })
  beforeEach(async () => {
    await rm(photos(), { recursive: true, force: true })
    await rm(sorted(), { recursive: true, force: true })
    for (const [i, name] of ['dark', 'light'].entries())
      for (const file of (await readdir(folder.path('photos', 'val', name))).slice(0, 3))
        await cp(folder.path('photos', 'val', name, file), photos(`${i} ${file}`), {
          preserveTimestamps: true,
        })
  })

  it('files by groups of classes, and by the group where the class alone is not sure enough', async () => {
    const args = ['classify', photos(), '--run', folder.path('run'), '--json', '--dry-run', '--mirrored']
    const into = ['--file-to', sorted(), '--pattern', '{group}/{name}', '--promise', '99']
    const lines = objects<Line>(await run(...args, ...into, '--group', 'shades: dark, light'))
    const acts = lines.filter((it) => it.act)
    const kept = lines.filter((it) => it.verdict === 'sure' || it.verdict === 'group')
    expect(kept.length).toBeGreaterThan(0)
    expect(acts).toHaveLength(kept.length)
    expect(acts.every(({ to }) => path.dirname(to!) === sorted('shades'))).toBe(true)
    // A lower promise keeps fewer back.
    const bold = objects<Line>(await run(...args, ...into.slice(0, -1), '50'))
    const strict = objects<Line>(await run(...args, ...into))
    const sure = (all: Line[]) => all.filter((it) => it.verdict === 'sure').length
    expect(sure(bold)).toBeGreaterThan(sure(strict))
    const wrong = await run(...args, ...into, '--group', 'shades: dark, grey')
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('“grey”')])
    const unjudged = await run(...args, ...into, '--unsure', 'file', '--group', 'shades: dark, grey')
    expect([unjudged.code, unjudged.err]).toEqual([2, expect.stringContaining('“grey”')])
    const filed = objects<Line>(await run(...args, ...into, '--unsure', 'file', '--group', 'shades: dark'))
    const answers = new Map(filed.filter((it) => it.photo).map((it) => [it.photo!, it.top![0]!.class]))
    for (const { from, to } of filed.filter((it) => it.act))
      expect(path.basename(path.dirname(to!))).toBe(answers.get(from!) === 'dark' ? 'shades' : 'light')
    const nowhere = await run('classify', photos(), '--run', folder.path('run'), '--group', 'shades: dark')
    expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('--group')])
  })

  it('shows what would be done, does it by its id, and takes it back', async () => {
    const before = await tree(photos())
    const shown = await classify('--file-to', sorted(), '--how', 'move', '--dry-run')
    expect(shown.err).toBe('')
    const lines = objects<Line>(shown)
    const answers = new Map(lines.filter((it) => it.photo).map((it) => [it.photo!, it.top![0]!.class]))
    const acts = lines.filter((it) => it.act)
    expect(acts).toHaveLength(6)
    for (const { act, from, to } of acts)
      expect([act, to]).toEqual(['move', sorted(answers.get(from!)!, path.basename(from!))])
    const last = lines.at(-1)!
    expect(last).toEqual({ type: 'filed', id: last.id, acts: 6, dryRun: true })
    expect(existsSync(sorted())).toBe(false)
    expect(await tree(photos())).toEqual(before)

    const done = objects<Line>(await run('file', last.id!, '--json'))
    expect(done.slice(0, -1)).toEqual(acts)
    expect(done.at(-1)).toEqual({ type: 'filed', id: last.id, acts: 6 })
    // A list that goes on tells of all of it, not of its last round.
    expect(objects<Line>(await run('file', last.id!, '--json'))).toEqual([
      { type: 'filed', id: last.id, acts: 6 },
    ])
    expect(await tree(photos())).toEqual({})
    expect(Object.values(await tree(sorted())).toSorted()).toEqual(Object.values(before).toSorted())

    const undone = objects<Line>(await run('undo', '--json'))
    expect(undone.at(-1)).toEqual({ type: 'undone', id: last.id, acts: 6 })
    expect(await tree(photos())).toEqual(before)
    expect(existsSync(sorted())).toBe(false)
    const nothing = await run('undo', '--json')
    expect(objects(nothing)).toMatchObject([{ error: { code: 'filing.none' } }])
    expect(nothing.code).toBe(1)
  })

  it('copies at once without a dry run, by a pattern, and names what was left', async () => {
    await put(photos('broken.jpg'), 'no photo')
    const result = await classify('--file-to', sorted(), '--pattern', 'all/{class} {name}')
    expect(result.code).toBe(1)
    const lines = objects<Line>(result)
    expect(lines.at(-1)).toMatchObject({ type: 'filed', acts: 6 })
    expect(Object.keys(await tree(sorted())).every((file) => /^all\/(dark|light) \d /.test(file))).toBe(true)
    expect(Object.keys(await tree(photos()))).toHaveLength(7)
    const again = objects<Line>(await classify('--file-to', sorted(), '--pattern', 'all/{class} {name}'))
    expect(again.at(-1)).toMatchObject({ type: 'filed', acts: 0 })
    // A program reads what was left where it reads the rest: in the object.
    const codes = (line?: Line) => line?.left?.map(({ error }) => error.code)
    expect(codes(again.at(-1))).toEqual(Array.from({ length: 6 }, () => 'filing.same-there'))
    expect(again.at(-1)!.left!.map(({ photo }) => photo)).toEqual(
      again.filter((it) => it.top).map(({ photo }) => photo),
    )
  })

  it('tells a program what a dry run leaves, the space, new names, and that the target is among the photos', async () => {
    const [first, ...others] = (await readdir(photos())).toSorted()
    await put(photos('sorted', first!), 'another')
    const shown = await classify('--file-to', photos('sorted'), '--pattern', '{name}', '--dry-run')
    const lines = objects<Line>(shown)
    expect(lines.filter(({ renamed }) => renamed).map(({ from }) => from)).toEqual([photos(first!)])
    const sizes = await Promise.all(
      [first!, ...others].map(async (name) => (await readFile(photos(name))).length),
    )
    expect(lines.at(-1)).toMatchObject({
      ...{ dryRun: true, acts: 6, inside: photos() },
      needs: sizes.reduce((sum, size) => sum + size, 0),
    })
    expect(lines.at(-1)!.free).toBeGreaterThan(1e6)
    const skipping = ['--pattern', '{name}', '--clash', 'skip', '--dry-run']
    const skipped = objects<Line>(await classify('--file-to', photos('sorted'), ...skipping))
    expect(skipped.at(-1)).toMatchObject({
      acts: 5,
      left: [
        { photo: photos(first!), error: { code: 'filing.taken', message: expect.any(String) as string } },
      ],
    })
  })

  it('leaves to a person what the app would leave to her, and says so', async () => {
    const drawn = sharp({ create: { width: 48, height: 48, channels: 3, background: '#ff00ff' } })
    await put(photos('stranger.png'), await drawn.png().toBuffer())
    const args = ['classify', photos(), '--run', folder.path('run'), '--json', '--file-to', sorted()]
    const result = await run(...args, '--dry-run')
    const lines = objects<Line>(result)
    const answers = lines.filter((it) => it.photo)
    expect(answers).toHaveLength(7)
    const sure = answers.filter(({ verdict }) => verdict === 'sure').map(({ photo }) => photo!)
    expect(answers.find(({ photo }) => photo === photos('stranger.png'))).toMatchObject({
      verdict: 'stranger',
    })
    expect(lines.filter((it) => it.act).map(({ from }) => from)).toEqual(sure)
    for (const { photo } of answers.filter(({ verdict }) => verdict !== 'sure'))
      expect(result.err).toContain(`“${photo!}” stays`)
    expect(result.err).toContain('stay for you to decide')
  })

  it('files nothing into its own data folder', async () => {
    for (const args of [
      ['--file-to', folder.path('home', 'runs')],
      ['--file-to', folder.path('home'), '--dry-run'],
    ]) {
      const result = await classify(...args)
      expect(result.code).toBe(2)
      expect(objects<Line>(result).at(-1)).toMatchObject({ error: { code: 'filing.own-folder' } })
    }
  })

  it('leaves photos alone that lie in a target within the folder, since they are filed', async () => {
    const target = photos('sorted')
    expect(objects<Line>(await classify('--file-to', target, '--how', 'move')).at(-1)).toMatchObject({
      acts: 6,
    })
    const before = await tree(photos())
    await put(photos('new.jpg'), await readFile(path.join(target, Object.keys(await tree(target))[0]!)))
    const again = await classify('--file-to', target, '--how', 'move')
    expect(again.err).toContain('6 photos')
    expect(objects<Line>(again).filter((it) => it.photo)).toHaveLength(1)
    expect(await tree(photos())).toMatchObject(before)
  })

  it.each([
    [['--dry-run'], 2],
    [['--file-to', 'x', '--pattern', '../{name}'], 2],
    [['--file-to', ''], 2],
    [['--file-to', 'x', '--how', 'eat'], 2],
  ])('%j is wrong usage, told before any photo is read', async (args, code) => {
    const result = await classify(...args)
    expect(result.code).toBe(code)
    expect(result.out.includes('"photo"')).toBe(false)
  })
})
