import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { installGpuPack } from '../../src/main/engine/gpu/install.ts'
import { gpuPack, removeGpuPack } from '../../src/main/engine/gpu/pack.ts'
import { RunRecord } from '../../src/shared/run.ts'
import { fakePack, fakeVendor, serveWheels } from '../support/fakePack.ts'
import { fakeNvidiaSmi } from '../support/nvidiaSmi.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

/** The real library for the processor, which calls itself a card: all that a pack does, but for the card. */
const standIn = (more = '') => `
  const binding = require(${JSON.stringify(nativeAddon()?.path)})
  const standIn = {}
  for (const name of Object.getOwnPropertyNames(binding)) standIn[name] = binding[name]
  standIn.isUsingGpuDevice = () => true
  module.exports = standIn
  ${more}`

const cli = fileURLToPath(new URL('../../src/main/cli.ts', import.meta.url))
const open = fileURLToPath(new URL('../../src/main/engine/backend/open.ts', import.meta.url))
const environment = fileURLToPath(new URL('../../src/main/engine/environment.ts', import.meta.url))

describe.skipIf(!nativeAddon() && !process.env['CI'])('a machine with a card and the GPU pack', () => {
  const place = temporaryFolder()
  const { list, files } = fakePack()
  let env: NodeJS.ProcessEnv

  async function install(addon: string): Promise<void> {
    await fakeVendor(place.path('vendor'), addon)
    const server = await serveWheels(files)
    await removeGpuPack(place.path('home', 'gpu'))
    await installGpuPack({
      folder: place.path('home', 'gpu'),
      list,
      vendor: place.path('vendor'),
      signal: new AbortController().signal,
      addressesOf: () => Promise.resolve(server.addresses),
    }).finally(server.close)
  }

  const node = async (...args: string[]) => {
    const run = promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      env,
    })
    const { stdout, stderr } = await run.catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    )
    return { lines: stdout.split('\n').filter(Boolean), stderr }
  }
  const thaw = async (...args: string[]) => {
    const { lines, stderr } = await node(cli, ...args, '--json')
    return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr }
  }
  const opened = async (options = '{}') => {
    const { lines } = await node(
      '--input-type=module',
      '--eval',
      `const { enter } = await import(${JSON.stringify(environment)})
       enter(process.env)
       const { openBackend } = await import(${JSON.stringify(open)})
       const { why, ...backend } = await openBackend(${options})
       const { TF_DETERMINISTIC_OPS, TF_CUDNN_USE_AUTOTUNE } = process.env
       console.log(JSON.stringify({ ...backend, TF_DETERMINISTIC_OPS, TF_CUDNN_USE_AUTOTUNE }))
       process.exit(0)`,
    )
    return JSON.parse(lines[0]!) as Record<string, unknown>
  }

  /** Settings of a short run and photos for it, in `place`. */
  async function prepareRun(): Promise<void> {
    await drawTinyPhotos(place.path('photos'), 16, 4)
    const settings = await tinySettings(place.path('weights'), 'tiny-vgg')
    await writeFile(place.path('config.json'), JSON.stringify({ ...settings, epochs: 2 }))
  }

  const nvidiaSmi = (recorded: string) => fakeNvidiaSmi(place.path('bin'), recorded)

  beforeAll(async () => {
    await nvidiaSmi('one-card')
    env = {
      ...process.env,
      PATH: `${place.path('bin')}:${process.env['PATH']}`,
      THAW_HOME: place.path('home'),
      THAW_CACHE: place.path('cache'),
      THAW_BACKEND: '',
      THAW_GPU: '',
    }
    await install(standIn())
    await prepareRun()
  })

  const card = { device: 'NVIDIA GeForce RTX 3060', version: '2.21.0, cuDNN 9.28.0.42, driver 550.120' }

  it('computes with the library of the pack, in the mode that was chosen', async () => {
    expect(await opened()).toMatchObject({
      ...card,
      name: 'tensorflow',
      gpu: 'deterministic',
      deterministic: true,
      gpuMemory: 11542 * 2 ** 20,
      TF_DETERMINISTIC_OPS: '1',
      TF_CUDNN_USE_AUTOTUNE: '0',
    })
    await thaw('gpu', 'use', 'autotune')
    expect(await opened()).toMatchObject({
      ...card,
      gpu: 'autotune',
      deterministic: false,
      TF_CUDNN_USE_AUTOTUNE: '1',
    })
    await thaw('gpu', 'use', 'off')
    expect(await opened()).toMatchObject({ gpu: null, noGpu: null, deterministic: true })
    await thaw('gpu', 'use', 'deterministic')
  })

  it('records card and mode with a run, and resumes it in that mode whatever is chosen by then', async () => {
    const args = ['--config', place.path('config.json'), '--out', place.path('run')]
    const { lines } = await thaw('train', place.path('photos'), ...args)
    const started = lines.find((line) => line['type'] === 'started')
    expect(started).toMatchObject({ environment: { device: card.device, gpu: 'deterministic' } })
    expect(lines.at(-1)).toMatchObject({ type: 'finished' })

    const record = RunRecord.parse(JSON.parse(await readFile(place.path('run', 'run.json'), 'utf8')))
    expect(record.environment).toMatchObject({ gpu: 'deterministic', backendVersion: card.version })
    const events = (await readFile(place.path('run', 'events.jsonl'), 'utf8')).split('\n')
    const unfinished = events.filter((line) => !line.includes('"type":"finished"')).join('\n')
    const interrupt = () => writeFile(place.path('run', 'events.jsonl'), unfinished)

    await interrupt()
    await thaw('gpu', 'use', 'off')
    const resumed = await thaw('resume', place.path('run'))
    expect(resumed.lines.find((line) => line['type'] === 'started')).toMatchObject({
      environment: { gpu: 'deterministic' },
    })
    await thaw('gpu', 'use', 'deterministic')

    // The same machine without its pack is another one.
    await interrupt()
    env['THAW_HOME'] = place.path('other-home')
    const other = await thaw('resume', place.path('run'))
    expect(other.stderr).toMatch(/begun with .*RTX 3060 \(deterministic\)/)
    const allowed = await thaw('resume', place.path('run'), '--allow-different')
    expect(allowed.lines.at(-1)).toMatchObject({ type: 'finished' })
    env['THAW_HOME'] = place.path('home')
  })

  it('says of an “autotune” run that is resumed that it is not the same to the bit', async () => {
    await thaw('gpu', 'use', 'autotune')
    const args = ['--config', place.path('config.json'), '--out', place.path('tuned')]
    await thaw('train', place.path('photos'), ...args)
    const events = (await readFile(place.path('tuned', 'events.jsonl'), 'utf8')).split('\n')
    await writeFile(
      place.path('tuned', 'events.jsonl'),
      events.filter((line) => !line.includes('"type":"finished"')).join('\n'),
    )
    const { lines } = await thaw('resume', place.path('tuned'))
    expect(lines.filter((line) => line['type'] === 'warning')).toMatchObject([{ code: 'gpu.autotune' }])
    await thaw('gpu', 'use', 'deterministic')
  })

  it.each([
    [
      'computes wrongly',
      `standIn.tensorDataSync = () => new Float32Array(16)`,
      { reason: 'gpu-wrong', operation: 'convolution' },
    ],
    ['ends its process', `process.kill(process.pid, 'SIGSEGV')`, { reason: 'gpu-ended', signal: 'SIGSEGV' }],
    [
      'cannot be loaded',
      `throw new Error('libcudart.so.12 is missing')`,
      { reason: 'libcudart.so.12 is missing' },
    ],
    ['finds no card', `standIn.isUsingGpuDevice = () => false`, { reason: 'gpu-no-card' }],
  ])('takes the processor and says why where the library %s', async (_, script, reason) => {
    await install(standIn(script))
    const backend = await opened()
    expect(backend).toMatchObject({
      name: 'tensorflow',
      gpu: null,
      version: expect.stringContaining(nativeAddon()!.version),
    })
    expect(backend['noGpu']).toEqual({ code: 'gpu.failed', parameters: reason })
    const { lines } = await thaw('doctor')
    expect(lines[0]).toMatchObject({ gpu: null, problems: [{ code: 'gpu.failed', parameters: reason }] })
    await install(standIn())
  })

  it('takes the processor where the driver is too old, and the doctor and a run say so once', async () => {
    await nvidiaSmi('old-driver')
    const { lines } = await thaw('doctor')
    expect(lines[0]).toMatchObject({ gpu: null, problems: [{ code: 'gpu.driver-old' }] })
    expect((lines[0]!['problems'] as unknown[]).length).toBe(1)
    const args = ['--config', place.path('config.json'), '--out', place.path('old-driver')]
    const { lines: told } = await thaw('train', place.path('photos'), ...args)
    expect(told.filter((line) => line['type'] === 'warning')).toMatchObject([{ code: 'gpu.driver-old' }])
    await nvidiaSmi('one-card')
  })

  it('keeps to one library in a process: another choice is refused, not ignored', async () => {
    const { lines } = await node(
      '--input-type=module',
      '--eval',
      `const { enter } = await import(${JSON.stringify(environment)})
       enter(process.env)
       const { openBackend } = await import(${JSON.stringify(open)})
       await openBackend({ gpu: 'deterministic' })
       await openBackend({ gpu: 'off' }).catch(({ code, parameters }) => console.log(JSON.stringify({ code, parameters })))
       process.exit(0)`,
    )
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { code: 'gpu.settled', parameters: { wanted: 'off', now: 'deterministic' } },
    ])
  })

  it('names a smaller batch where the card runs out of memory in the middle of a run', async () => {
    const words =
      'Invalid TF_Status: 8\\nMessage: OOM when allocating tensor with shape[8,64,32,32] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc'
    await install(
      standIn(`standIn.executeOp = (op, ...rest) => {
        if (op === 'Conv2DBackpropFilter') throw new Error('${words}')
        return binding.executeOp(op, ...rest)
      }`),
    )
    const args = ['--config', place.path('config.json'), '--plan', 'everything', '--out', place.path('full')]
    const { stderr } = await thaw('train', place.path('photos'), ...args)
    expect(stderr).toMatch(/RTX 3060 ran out of memory with 8 photos at a time\. Take batches of 4/)
    const events = (await readFile(place.path('full', 'events.jsonl'), 'utf8')).trim().split('\n')
    expect(JSON.parse(events.at(-1)!)).toMatchObject({ type: 'failed', code: 'backend.memory' })
    await install(standIn())
  })

  it('is told by the command line, and computes on the processor once the pack is removed', async () => {
    expect((await thaw('gpu', 'status')).lines[0]).toMatchObject({
      choice: 'deterministic',
      cards: [{ name: card.device, driver: '550.120', memory: 12288 * 2 ** 20 }],
      pack: { installed: { tensorflow: '2.21.0', cudnn: '9.28.0.42' } },
    })
    expect((await thaw('doctor')).lines[0]).toMatchObject({ gpu: 'deterministic', device: card.device })
    expect((await thaw('gpu', 'remove')).lines[0]).toMatchObject({ installed: null })
    expect((await gpuPack(place.path('home', 'gpu'), list)).installed).toBeNull()
    const { lines } = await thaw('doctor')
    expect(lines[0]).toMatchObject({ gpu: null, problems: [{ code: 'gpu.unused' }] })
  })
})
