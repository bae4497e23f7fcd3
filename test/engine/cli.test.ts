import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { nativeAddon, starterWeights } from '../../src/main/engine/backend/vendor.ts'
import { isAlive } from '../../src/main/engine/processes.ts'
import { readEvents } from '../../src/main/engine/store/runFolder.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import { writeSafetensors } from '../../src/main/engine/weights/safetensors-writer.ts'
import type { WeightDifference } from '../../src/shared/api/models.ts'
import type { RunEvent, RunEventOf } from '../../src/shared/run.ts'
import type { StartOptions } from '../support/commandLine.ts'
import { objects, startThaw, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const sample = folder.path.bind(undefined, 'sample')
const tiny = folder.path.bind(undefined, 'tiny')

const home = () => ({ THAW_HOME: folder.path('home') })
const run = (args: readonly string[], options: StartOptions = {}) =>
  thaw(args, { ...options, env: { ...home(), ...options.env } })
const start = (args: readonly string[], options: StartOptions = {}) =>
  startThaw(args, { ...options, env: { ...home(), ...options.env } })

/** Settings of a tiny network in a file; more of them win. */
async function configWith(more: object): Promise<string> {
  const file = folder.path(`config-${(configs += 1)}.json`)
  await writeFile(
    file,
    JSON.stringify({ ...(await tinySettings(folder.path('weights'), 'tiny-vgg')), ...more }),
  )
  return file
}
let configs = 0

/** Long enough to be stopped, short enough to be brought to its end. */
const lasting = { plan: 'everything', epochs: 60, optimizer: 'adam' } as const

const lastWeights = (out: string) => readFile(path.join(out, 'last.safetensors'))

async function lastEvent(out: string): Promise<RunEvent | undefined> {
  let last: RunEvent | undefined
  for await (const { event } of readEvents(out)) last = event
  return last
}

/** The process that trains, which is not the launcher. */
async function trainer(out: string): Promise<number> {
  return (JSON.parse(await readFile(path.join(out, 'lock'), 'utf8')) as { pid: number }).pid
}

beforeAll(async () => {
  await drawTinyPhotos(tiny())
})

describe.skipIf(!nativeAddon() && !process.env['CI'])('thaw', () => {
  describe('on the sample', () => {
    const out = folder.path.bind(undefined, 'bees')
    let events: RunEvent[] = []

    beforeAll(async () => {
      const drawn = await run(['sample', sample(), '--train', '32', '--val', '16', '--json'])
      expect(objects(drawn)).toEqual([{ folder: sample(), train: 32, val: 16 }])
      const trained = await run([
        'train',
        sample(),
        '--out',
        out(),
        '--name',
        'bees',
        '--epochs',
        '2',
        '--json',
      ])
      expect(trained).toMatchObject({ code: 0, err: '' })
      events = objects<RunEvent>(trained)
    })

    it('tells the run’s events as they are recorded, the plan first and the best epoch last', async () => {
      expect(events[0]).toMatchObject({ type: 'plan', cut: 'global_pool' })
      const { groups } = events[0] as RunEventOf<'plan'>
      expect(groups).toEqual([
        {
          name: 'classifier',
          nodes: ['classifier'],
          learningRate: 0.01,
          count: 2562,
          parameters: ['classifier.weight', 'classifier.bias'],
        },
      ])
      const epochs = events.filter(({ type }) => type === 'epoch') as RunEventOf<'epoch'>[]
      expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2])
      const best = epochs.findLast((event) => event.best)!
      const finished = events.at(-1) as RunEventOf<'finished'>
      expect(finished).toMatchObject({
        type: 'finished',
        folder: out(),
        best: { ...best.val, epoch: best.epoch },
      })
      expect(finished.best.accuracy).toBeGreaterThan(0.9)
      const recorded: RunEvent[] = []
      for await (const { event } of readEvents(out())) recorded.push(event)
      expect(recorded).toEqual(events)
    })

    it('classifies by the run’s folder, and says with --logits what the probabilities come from', async () => {
      const answered = await run([
        'classify',
        sample('val'),
        '--run',
        out(),
        '--json',
        '--logits',
        '--top',
        '2',
      ])
      expect(answered).toMatchObject({ code: 0, err: '' })
      const answers = objects<{
        photo: string
        top: { index: number; class: string; probability: number }[]
        logits: number[]
      }>(answered)
      expect(answers).toHaveLength(16)
      for (const { photo, top, logits } of answers) {
        expect(Object.keys(top[0]!)).toEqual(['index', 'class', 'probability'])
        const exponents = logits.map(Math.exp)
        expect(top[0]!.probability).toBeCloseTo(Math.max(...exponents) / (exponents[0]! + exponents[1]!), 5)
        expect(['spotted', 'striped'][top[0]!.index]).toBe(top[0]!.class)
        expect(photo.startsWith(sample('val'))).toBe(true)
      }
      const right = answers.filter(({ photo, top }) => photo.includes(`/${top[0]!.class}/`))
      expect(right.length).toBeGreaterThan(14)
    })

    it('classifies with the file alone that the run was handed on in, and says where that is from', async () => {
      const file = folder.path('handed on.safetensors')
      expect((await run(['export', '--run', out(), '--format', 'safetensors', '--out', file])).code).toBe(0)
      const elsewhere = { env: { THAW_HOME: folder.path('another home') } }
      const photos = sample('val', 'spotted')
      const byFile = await run(['classify', photos, '--weights', file, '--json', '--logits'], elsewhere)
      const byRun = await run(['classify', photos, '--run', out(), '--json', '--logits'])
      expect(byFile.code).toBe(0)
      expect(byFile.out).toBe(byRun.out)
      expect(byFile.err).toMatch(/^SHA-256 [0-9a-f]{64}\nClasses: spotted, striped\nFrom the run “bees” of /)
      expect(byFile.err).toContain('measured on 16 photos')
    })

    it('compares its weights with those it began with: only the head moved', async () => {
      const handedOn = folder.path('handed on.safetensors')
      const start = starterWeights()!.path
      const compared = await run(['weights', 'compare', start, out('best.safetensors'), '--json'])
      const [found] = objects<WeightDifference>(compared)
      expect(found!.misshapen.map(({ name }) => name)).toEqual(['classifier.weight', 'classifier.bias'])
      expect(found).toMatchObject({ changed: [], layers: [], onlyA: [], onlyB: [] })
      const same = await run(['weights', 'compare', out('best.safetensors'), handedOn, '--json'])
      expect(objects<WeightDifference>(same)[0]).toMatchObject({ changed: [], misshapen: [] })
    })

    it('writes the answers as a table', async () => {
      const photo = sample('val', 'spotted', (await readdir(sample('val', 'spotted')))[0]!)
      const table = folder.path('answers.csv')
      await run(['classify', photo, '--run', out(), '--out', table])
      const [header, row] = (await readFile(table, 'utf8')).split('\n')
      expect(header).toBe('photo,class 1,probability 1,class 2,probability 2,error')
      expect(row).toMatch(/spotted-\d+\.jpg,spotted,0\.\d+,striped,0\.\d+,$/)
    })

    it.each(['pth', 'safetensors'])('exports %s that answers as the run does', async (format) => {
      const file = folder.path(`exported.${format}`)
      const exported = await run(['export', '--run', out(), '--format', format, '--out', file, '--json'])
      expect(exported).toMatchObject({ code: 0, err: '' })
      const [told] = objects<{ bytes: number }>(exported)
      expect(told).toEqual({
        file,
        bytes: (await readFile(file)).length,
        parity: { photos: 16, largestLogitDifference: 0, changedAnswers: 0 },
      })
      const inspected = objects<{ format: string; tensors: { name: string; shape: number[] }[] }>(
        await run(['inspect', file, '--json']),
      )
      expect(inspected[0]!.format).toBe(format)
      expect(inspected[0]!.tensors).toContainEqual({
        name: 'classifier.weight',
        shape: [2, 1280],
        dtype: 'float32',
        bytes: 10240,
      })
    })

    it('says of an exported program where its weights lie, and how far its answers are off', async () => {
      const program = folder.path('answers.py')
      const exported = await run(['export', '--run', out(), '--format', 'pytorch', '--out', program])
      const [written, beside, compared] = exported.out.split('\n')
      expect(written).toMatch(`Written to ${program}, `)
      expect(beside).toBe(`Its weights lie beside it: ${folder.path('answers.pth')}`)
      expect(compared).toMatch(/ 16 photos with logits that differ by at most 0; 0 answers changed\.$/)
    })

    it('takes an exported file and its labels in place of the run', async () => {
      const file = folder.path('again.pth')
      await run(['export', '--run', out(), '--format', 'pth', '--out', file])
      const labels = folder.path('labels.txt')
      await writeFile(labels, 'dots\nlines\n')
      const backbone = ['--backbone', 'efficientnet-lite0', '--weights', file]
      const answered = await run([
        'classify',
        sample('val', 'striped'),
        ...backbone,
        '--labels',
        labels,
        '--json',
      ])
      expect(answered.code).toBe(0)
      expect(
        objects<{ top: { class: string }[] }>(answered)[0]!
          .top.map((it) => it.class)
          .toSorted(),
      ).toEqual(['dots', 'lines'])
      await writeFile(labels, 'dots\nlines\nneither\n')
      const refused = await run(['classify', sample('val', 'striped'), ...backbone, '--labels', labels])
      expect(refused.code).toBe(2)
      expect(refused.err).toContain('names 3 classes; the network has 2')
      const unnamed = await run(['classify', sample('val', 'striped'), ...backbone, '--json'])
      expect(objects<{ top: { index: number; class: string }[] }>(unnamed)[0]!.top).toSatisfy(
        (top: { index: number; class: string }[]) => top.every((it) => it.class === String(it.index)),
      )
    })

    it('knows what the published network sees', async () => {
      const photo = sample('val', 'striped', (await readdir(sample('val', 'striped')))[0]!)
      const [answer] = objects<{ top: { class: string }[] }>(
        await run(['classify', photo, '--backbone', 'efficientnet-lite0', '--top', '3', '--json']),
      )
      expect(answer!.top).toHaveLength(3)
    })

    it('leaves a run’s own files alone when it exports', async () => {
      const target = path.join(out(), 'best.safetensors')
      const refused = await run(['export', '--run', out(), '--format', 'pth', '--out', target])
      expect(refused.code).toBe(2)
      expect(objects(await run(['inspect', target, '--json']))[0]).toMatchObject({ format: 'safetensors' })
    })
  })

  describe('with runs in the data folder', () => {
    const train = async (name: string, more: object = {}) =>
      objects<RunEvent>(
        await run(['train', tiny(), '--config', await configWith(more), '--name', name, '--json']),
      ).at(-1) as RunEventOf<'finished'>

    it('finds them by id and by name, and asks which one where two have the same', async () => {
      const first = await train('도시 "A"')
      const listed = objects<{ id: string; name: string; state: string }>(await run(['runs', '--json']))
      expect(listed).toContainEqual(
        expect.objectContaining({ id: first.run, name: '도시 "A"', state: 'finished' }),
      )
      const photos = tiny('val', 'dark')
      for (const name of [first.run, '도시 "A"'])
        expect((await run(['classify', photos, '--run', name])).code).toBe(0)
      const second = await train('도시 "A"')
      const asked = await run(['classify', photos, '--run', '도시 "A"'])
      expect(asked.code).toBe(2)
      expect(asked.err).toContain(first.run)
      expect(asked.err).toContain(second.run)
    })

    it('names one that is damaged and lists the others', async () => {
      const whole = await train('whole')
      const broken = folder.path('home', 'runs', 'broken')
      await mkdir(broken)
      await writeFile(path.join(broken, 'run.json'), '{"format":1')
      const listed = await run(['runs', '--json'])
      expect(listed.code).toBe(1)
      expect(objects(listed)).toContainEqual({
        folder: broken,
        error: { code: 'run.damaged', message: expect.stringContaining('run.json is not JSON') as string },
      })
      expect(objects(listed)).toContainEqual(expect.objectContaining({ id: whole.run }))
      for (const named of [broken, 'broken'])
        expect((await run(['resume', named])).err).toContain('cannot be read')
      await rm(broken, { recursive: true })
    })

    it('refuses to resume what is finished, and what is not there', async () => {
      const { run: id } = await train('done')
      expect(await run(['resume', id])).toMatchObject({
        code: 2,
        err: expect.stringContaining('is finished') as string,
      })
      expect(await run(['resume', 'no such run'])).toMatchObject({
        code: 2,
        err: expect.stringContaining('There is no run “no such run”') as string,
      })
    })
  })

  describe('takes settings', () => {
    it('from a file, and flags win over it', async () => {
      const config = await configWith({
        plan: { classifier: 1e-3 },
        epochs: 5,
        seed: 7,
        augmentation: 'none',
      })
      const flags = ['--epochs', '1', '--augment', 'views:4', '--batch', '5', '--threads', '1']
      const { code, out, err } = await run([
        'train',
        tiny(),
        '--config',
        config,
        ...flags,
        '--out',
        folder.path('settings'),
        '--json',
      ])
      expect(code, err).toBe(0)
      const [plan, started] = objects<RunEvent>({ out }) as [RunEventOf<'plan'>, RunEventOf<'started'>]
      expect(plan).toMatchObject({
        groups: [{ name: 'classifier', learningRate: 1e-3 }],
        cut: 'avgpool',
        cached: ['train', 'val'],
      })
      expect(started).toMatchObject({ epochs: 1, seed: 7, environment: { threads: 1 } })
      const record = JSON.parse(await readFile(folder.path('settings', 'run.json'), 'utf8')) as {
        config: object
      }
      expect(record.config).toMatchObject({ augmentation: 'views:4', batch: 5, epochs: 1 })
    })

    it('and a plan from a file, frozen below and learning above', async () => {
      const plan = folder.path('plan.json')
      await writeFile(
        plan,
        JSON.stringify({ '': 'frozen', 'features.3': 1e-4, classifier: 5e-4, 'classifier.6': 1e-3 }),
      )
      const { out } = await run([
        'train',
        tiny(),
        '--config',
        await configWith({}),
        '--plan',
        plan,
        '--out',
        folder.path('planned'),
        '--json',
      ])
      const { groups, frozen } = objects<RunEvent>({ out })[0] as RunEventOf<'plan'>
      expect(groups.map(({ name, learningRate }) => [name, learningRate])).toEqual([
        ['features.3', 1e-4],
        ['classifier', 5e-4],
        ['classifier.6', 1e-3],
      ])
      expect(frozen).toEqual(['features.0.weight', 'features.0.bias'])
    })

    it('and trains on a folder without train/ and val/', async () => {
      const { out, code } = await run([
        'train',
        tiny('train'),
        '--config',
        await configWith({}),
        '--out',
        folder.path('split'),
        '--json',
      ])
      expect(code).toBe(0)
      expect(objects({ out })[1]).toMatchObject({ train: 38, val: 10, classes: ['dark', 'light'] })
    })
  })

  it('takes paths from where npm was started, not from the project', async () => {
    await writeFile(folder.path('weights.html'), '<!DOCTYPE html>')
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'scripts/thaw.ts', 'inspect', 'weights.html', '--json'],
      {
        env: { ...process.env, THAW_SETUP: 'skip', npm_lifecycle_event: 'thaw', INIT_CWD: folder.path() },
      },
    ).catch((error: unknown) => error as { stdout: string })
    expect(stdout).toContain('it is a web page')
  })

  describe('says what is wrong with its usage, and exits with 2', () => {
    it.each([
      [['trian', 'x'], 'Did you mean train?'],
      [['train'], 'missing required argument'],
      [['train', ''], 'It is empty.'],
      [['classify', 'a.jpg', '', '--run', 'a'], 'It is empty.'],
      [['train', '.', '--epochs', 'abc'], 'It has to be a whole number from 0 to 100000.'],
      [['train', '.', '--epochs', '-1'], 'It has to be a whole number'],
      [['train', '.', '--batch', '0'], 'It has to be a whole number from 1 to 4096.'],
      [['train', '.', '--batch', '1.5'], 'It has to be a whole number'],
      [['train', '.', '--augment', 'views:0'], 'no augmentation named views:0. Known are: recipe, light'],
      [['train', '.', '--augment', 'crops'], 'no augmentation named crops. Known are: recipe, light'],
      [['train', '.', '--precision', 'double'], 'Allowed choices are exact, fast.'],
      [['train', '.', '--plan', 'haed-only'], 'is none of head-only, recipe, everything, nor a JSON file'],
      [['train', '.', '--plan', 'absent.json'], '“absent.json” cannot be opened'],
      [['train', '.', '--config', 'absent.json'], '“absent.json” cannot be opened'],
      [['train', '.', '--frobnicate'], 'unknown option'],
      [['classify', 'x.jpg'], 'Give --run, --backbone or --weights'],
      [['classify', 'x.jpg', '--run', 'a', '--backbone', 'vgg16'], 'cannot be used with'],
      [['classify', 'x.jpg', '--run', 'a', '--top', 'x'], 'It has to be a whole number'],
      [['export', '--run', 'a', '--out', 'b'], '--format'],
      [['export', '--run', 'a', '--out', 'b', '--format', 'doc'], 'Allowed choices are'],
      [['network', 'vgg17'], 'There is no network named “vgg17”. Known are: vgg11'],
      [['serve', '--port', '70000'], 'It has to be a whole number from 0 to 65535.'],
    ])('thaw %j', async (args, sentence) => {
      const { code, out, err } = await run(args, { cwd: folder.path() })
      expect(err).toContain(sentence)
      expect({ code, out }).toEqual({ code: 2, out: '' })
    })

    it.each([
      [['train', '.', '--frobnicate', '--json'], 'usage', 2],
      [['classify', 'x.jpg', '--json'], 'usage', 2],
      [['classify', 'x.jpg', '--run', 'none', '--json'], 'run.missing', 2],
      [['undo', 'none', '--json'], 'filing.missing', 2],
      [['undo', '--json'], 'filing.none', 1],
      [['gpu', 'install', '--json'], 'gpu.none', 3],
    ])('thaw %j prints its failure as an object', async (args, code, exit) => {
      // Nothing has been filed there, and no driver of a card is found there.
      const env = { THAW_HOME: folder.path('empty-home'), PATH: folder.path('no-programs') }
      const failed = await run(args, { cwd: folder.path(), env })
      expect(objects(failed)).toMatchObject([{ error: { code } }])
      expect(failed.code).toBe(exit)
    })

    it('names each setting of a file that does not fit', async () => {
      const config = await configWith({ epochs: 'two', optimiser: 'adam', momentum: 2 })
      const { code, err } = await run(['train', tiny(), '--config', config])
      expect(code).toBe(2)
      expect(err).toContain('epochs, momentum, optimiser')
    })

    it('suggests nodes where a plan names one that is not there, before anything is written', async () => {
      const plan = folder.path('strange.json')
      await writeFile(plan, '{"clasifier.6": 1e-3, "features.3": 1e-4}')
      const out = folder.path('strange')
      const { code, err } = await run([
        'train',
        tiny(),
        '--config',
        await configWith({}),
        '--plan',
        plan,
        '--out',
        out,
      ])
      expect(code).toBe(2)
      expect(err).toMatch(/has no node named “clasifier\.6”\. Did you mean .*classifier/)
      await expect(readdir(out)).rejects.toThrow('ENOENT')
    })
  })

  it.each([
    'doctor',
    'network',
    'train',
    'resume',
    'classify',
    'inspect',
    'export',
    'runs',
    'datasets',
    'sample',
    'serve',
  ])('explains %s with an example', async (command) => {
    const { code, out, err } = await run([command, '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`Examples?:\n  thaw ${command}`))
    expect(out).toContain('--json')
  })

  it('lists the layers of a network with all their options', async () => {
    const { out } = await run(['network', 'vgg16', '--json'])
    const layers = objects<{ name: string; kind: string; parameters: number }>({ out })
    const layer = (name: string) => layers.find((one) => one.name === name)
    expect(layer('features.0')).toEqual({
      name: 'features.0',
      kind: 'conv',
      options: { in: 3, out: 64, kernel: 3, stride: 1, padding: 1, groups: 1, bias: true },
      output: [64, 224, 224],
      parameters: 1792,
    })
    expect(layer('classifier.0')).toMatchObject({ options: { in: 25088, out: 4096 }, output: [4096] })
    expect(layer('classifier.2')).toMatchObject({ kind: 'dropout', options: { p: 0.5 } })
    expect(layers.find(({ kind }) => kind === 'flatten')).toMatchObject({ output: [25088] })
    expect(layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(138_357_544)
  })

  describe('on bad input', () => {
    const empty = async (...parts: string[]) => mkdir(folder.path(...parts), { recursive: true })

    it.each([
      ['no class', 'none', 'There are no photos in', 1],
      ['one class', 'one', 'has only one class with photos, “only”', 1],
      ['an empty class', 'hollow', 'The class “void” has no readable photo', 1],
      ['no such folder', 'absent', 'is not there', 1],
      ['a file', 'config.txt', 'is not a folder', 2],
    ])('tells of %s', async (_, name, sentence, exit) => {
      const dark = tiny('train', 'dark', 'dark-0.png')
      await empty('none')
      await empty('one', 'only')
      await cp(dark, folder.path('one', 'only', 'a.png'))
      for (const one of ['dark', 'light', 'void']) await empty('hollow', one)
      for (const one of ['dark', 'light'])
        for (const i of [1, 2]) await cp(dark, folder.path('hollow', one, `${i}.png`))
      await writeFile(folder.path('config.txt'), '')
      const { code, out, err } = await run([
        'train',
        folder.path(name),
        '--config',
        await configWith({}),
        '--json',
      ])
      expect(err).toContain(sentence)
      expect(code).toBe(exit)
      expect(JSON.parse(out)).toMatchObject({
        error: { message: expect.stringContaining(sentence) as string },
      })
    })

    it('leaves unreadable photos out and says why, whatever the names', async () => {
      const root = folder.path('사진 "둘"')
      const odd = ['곤충 사진.png', 'with space.png', `it's "quoted".png`, 'two\nlines.png', '=1+1.png']
      await drawTinyPhotos(root, 16, 8)
      const there = tiny('val', 'dark', (await readdir(tiny('val', 'dark')))[0]!)
      for (const name of odd) await cp(there, path.join(root, 'train', 'dark', name))
      await writeFile(path.join(root, 'train', 'dark', 'empty.jpg'), '')
      await writeFile(path.join(root, 'train', 'dark', 'text.jpg'), 'not a photo')
      const out = folder.path('실행 결과')
      const trained = await run(['train', root, '--config', await configWith({}), '--out', out, '--json'])
      expect(trained.code, trained.err).toBe(0)
      expect(trained.err).toContain('Left out: “train/dark/empty.jpg” is empty (0 bytes).')
      expect(trained.err).toContain('Left out: “train/dark/text.jpg” is not a photo')
      expect(objects(trained)[1]).toMatchObject({ train: 16 + odd.length, unreadable: 2 })

      const table = folder.path('odd.csv')
      const answered = await run([
        'classify',
        path.join(root, 'train', 'dark'),
        '--run',
        out,
        '--json',
        '--out',
        table,
      ])
      expect(answered.code).toBe(1)
      const answers = objects<{ photo: string; top?: object[]; error?: { code: string } }>(answered)
      expect(
        answers.filter(({ error }) => error).map(({ photo, error }) => [path.basename(photo), error!.code]),
      ).toEqual([
        ['empty.jpg', 'photo.empty'],
        ['text.jpg', 'photo.not-a-photo'],
      ])
      const named = answers.filter(({ top }) => top).map(({ photo }) => path.basename(photo))
      expect(named).toEqual(expect.arrayContaining(odd))
      expect(await readFile(table, 'utf8')).toContain('two\nlines.png')
    })

    it('names photos that are not there and answers the others', async () => {
      const photo = tiny('val', 'dark', (await readdir(tiny('val', 'dark')))[0]!)
      const args = ['--backbone', 'efficientnet-lite0', '--json']
      const { code, out } = await run(['classify', folder.path('gone.jpg'), photo, ...args])
      expect(code).toBe(1)
      const [first, second] = objects<{ error?: { code: string }; top?: object[] }>({ out })
      expect(first!.error!.code).toBe('photo.missing')
      expect(second!.top).toHaveLength(5)
    })

    it('refuses weights of another network, with NaN, absent or no weights at all, and leaves no run', async () => {
      const settings = await tinySettings(folder.path('weights'), 'tiny-vgg')
      await tinySettings(folder.path('weights'), 'tiny-bn')
      const source = await openWeights(settings.weights!)
      const nan = folder.path('nan.safetensors')
      const values = new Map<string, Float32Array>()
      for (const { name } of source.tensors) values.set(name, await source.read(name))
      values.get('features.3.weight')![7] = NaN
      await writeSafetensors(
        nan,
        source.tensors.map(({ name, shape }) => ({
          name,
          shape,
          dtype: 'float32' as const,
          values: () => values.get(name)!,
        })),
      )
      await source.close()
      const text = folder.path('text.pth')
      await writeFile(text, '<!doctype html><title>404</title>')
      const config = await configWith({})
      const out = folder.path('unborn')
      for (const [weights, name, sentence, exit] of [
        [folder.path('weights', 'tiny-bn.pth'), 'weights.mismatch', 'does not fit Tiny VGG: missing', 1],
        ...[
          [nan, 'weights.not-finite', 'not numbers (NaN or infinite), in features.3.weight', 1] as const,
          [text, 'weights.not-weights', 'is not a weight file (it is a web page)', 1] as const,
        ],
        [folder.path('absent.pth'), 'weights.missing', 'is not there', 2],
      ] as const) {
        const failed = await run([
          'train',
          tiny(),
          '--config',
          config,
          '--weights',
          weights,
          '--out',
          out,
          '--json',
        ])
        expect(failed.err).toContain(sentence)
        expect(failed.code).toBe(exit)
        // A program reads it as an object.
        expect(objects(failed)).toMatchObject([{ error: { code: name } }])
        await expect(readdir(out)).rejects.toThrow('ENOENT')
      }
      const inspected = await run(['inspect', nan, text, folder.path('absent.pth'), '--json'])
      expect(inspected.code).toBe(1)
      expect(objects<{ error?: { code: string } }>(inspected).map(({ error }) => error?.code)).toEqual([
        undefined,
        'weights.not-weights',
        'weights.missing',
      ])
    })

    it('says what it leaves out of a weight file before it trains', async () => {
      const settings = await tinySettings(folder.path('weights'), 'tiny-vgg')
      const source = await openWeights(settings.weights!)
      const wrapped = folder.path('wrapped.safetensors')
      const values = new Map<string, Float32Array>([['criterion.weight', Float32Array.of(1, 2)]])
      for (const { name } of source.tensors) values.set(`model.${name}`, await source.read(name))
      await writeSafetensors(wrapped, [
        ...source.tensors.map(({ name, shape }) => ({
          ...{ name: `model.${name}`, shape, dtype: 'float32' as const },
          values: () => values.get(`model.${name}`)!,
        })),
        {
          ...{ name: 'criterion.weight', shape: [2], dtype: 'float32' as const },
          values: () => values.get('criterion.weight')!,
        },
      ])
      await source.close()
      const config = await configWith({ epochs: 0 })
      const out = folder.path('from-wrapped')
      const { code, err } = await run([
        'train',
        tiny(),
        '--config',
        config,
        '--weights',
        wrapped,
        '--out',
        out,
      ])
      expect(err).toContain('criterion.weight')
      expect(err.indexOf('criterion.weight')).toBeLessThan(err.indexOf('Before training'))
      expect(code).toBe(0)
    })

    it('does not touch a folder that holds something, nor a file', async () => {
      await empty('taken')
      await writeFile(folder.path('taken', 'mine.txt'), 'mine')
      for (const out of [folder.path('taken'), folder.path('taken', 'mine.txt')]) {
        const { code, err } = await run(['train', tiny(), '--config', await configWith({}), '--out', out])
        expect(code).toBe(2)
        expect(err).toContain('already holds something')
      }
      expect(await readdir(folder.path('taken'))).toEqual(['mine.txt'])
      const sampled = await run(['sample', folder.path('taken')])
      expect(sampled.code).toBe(2)
    })

    it('names the photo when the folder vanishes while it trains, and goes on when it is back', async () => {
      const photos = folder.path('vanishing')
      await drawTinyPhotos(photos)
      const out = folder.path('vanished')
      const config = await configWith(lasting)
      const training = start(['train', photos, '--config', config, '--out', out, '--json'])
      await training.line('"batch"')
      await rename(photos, folder.path('elsewhere'))
      const ended = await training.ended
      expect(ended.code).toBe(1)
      expect(ended.err).toMatch(new RegExp(`“${photos}/(train|val)/.*png” is not there any more\\.`))
      expect(objects(ended).at(-1)).toMatchObject({ error: { code: 'photo.missing' } })
      expect(await lastEvent(out)).toMatchObject({ type: 'failed', code: 'photo.missing' })
      expect((await run(['resume', out])).code).toBe(1)
      await rename(folder.path('elsewhere'), photos)
      expect((await run(['resume', out])).code).toBe(0)
    })

    it('keeps the earlier checkpoint when the disk is full, and goes on when it is not', async () => {
      const out = folder.path('full')
      const config = await configWith({ plan: 'everything', optimizer: 'adam', epochs: 2 })
      const args = ['train', tiny(), '--config', config, '--json']
      const cut = await run([...args, '--out', out], { fileLimit: 250_000 })
      expect(cut.code).toBe(3)
      expect(cut.err).toContain('The disk is full: “')
      expect(cut.err).toContain('Nothing that was there before is lost.')
      expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['latest.safetensors'])
      expect((await run(['resume', out])).code).toBe(0)
      await run([...args, '--out', folder.path('roomy')])
      expect((await lastWeights(out)).equals(await lastWeights(folder.path('roomy')))).toBe(true)
    })
  })

  describe('that is stopped', () => {
    it('by Ctrl-C, writes a checkpoint, says so, exits with 130 and can be resumed to the same bytes', async () => {
      const config = await configWith(lasting)
      const out = folder.path('interrupted')
      const training = start(['train', tiny(), '--config', config, '--out', out, '--json'])
      await training.line('"batch"')
      training.child.kill('SIGINT')
      // From a terminal it comes twice.
      training.child.kill('SIGINT')
      const { code, err, out: told } = await training.ended
      expect(code).toBe(130)
      expect(err).toContain('Stopping after this batch')
      expect(objects({ out: told }).slice(-2)).toMatchObject([
        { type: 'checkpoint' },
        { type: 'stopped', reason: 'asked' },
      ])
      const [listed] = objects({
        out: (await run(['runs', '--json'], { env: { THAW_HOME: folder.path('nowhere') } })).out,
      })
      expect(listed).toBeUndefined()
      expect((await run(['resume', out])).code).toBe(0)
      const undisturbed = folder.path('undisturbed')
      await run(['train', tiny(), '--config', config, '--out', undisturbed])
      expect((await lastWeights(out)).equals(await lastWeights(undisturbed))).toBe(true)
    })

    it('by a request to end, through the launcher, exits with 143 and tells people how to go on', async () => {
      const out = folder.path('ended')
      const args = ['train', tiny(), '--config', await configWith(lasting), '--out', out]
      const training = start(args, { launched: true })
      await until(async () => (await lastEvent(out))?.type === 'batch')
      training.child.kill('SIGTERM')
      const { code, err } = await training.ended
      expect(code).toBe(143)
      expect(err).toContain('“thaw resume” goes on from there')
      expect(await lastEvent(out)).toMatchObject({ type: 'stopped' })
    })

    it('by kill -9 of its launcher, does not go on by itself', async () => {
      const out = folder.path('orphan')
      const training = start(
        ['train', tiny(), '--config', await configWith({ ...lasting, epochs: 5000 }), '--out', out, '--json'],
        { launched: true },
      )
      await training.line('"batch"')
      const pid = await trainer(out)
      expect(pid).not.toBe(training.child.pid)
      training.child.kill('SIGKILL')
      await training.ended
      expect(await lastEvent(out)).toMatchObject({ type: 'stopped', reason: 'asked' })
      // Its number is there until whoever takes on orphans has noticed.
      await expect.poll(() => isAlive(pid)).toBe(false)
    })

    it('is let alone by a second process until then', async () => {
      const out = folder.path('shared')
      const training = start([
        'train',
        tiny(),
        '--config',
        await configWith({ ...lasting, epochs: 5000 }),
        '--out',
        out,
        '--json',
      ])
      await training.line('"batch"')
      const second = await run(['resume', out])
      expect(second.code).toBe(1)
      expect(second.err).toContain(`is being trained by another process (number ${training.child.pid})`)
      training.child.kill('SIGTERM')
      const { code, signal, err } = await training.ended
      // A signal here would be the system that took the process, or a crash while it ended.
      expect({ code, signal, err }).toMatchObject({ code: 143, signal: null })
    })
  })
})

async function until(met: () => Promise<boolean>): Promise<void> {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 20))
}
