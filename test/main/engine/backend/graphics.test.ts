import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findGraphics, gpuChoice, graphicsEnvironment } from '../../../../src/main/engine/backend/graphics.ts'
import { reasonIn } from '../../../../src/main/engine/backend/openNative.ts'
import { plainError, ThawError } from '../../../../src/shared/errors.ts'
import { tellError } from '../../../../src/shared/tellError.ts'
import { fakeVendor } from '../../../support/fakePack.ts'
import { fakeNvidiaSmi } from '../../../support/nvidiaSmi.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const place = temporaryFolder()
let pack: string

const nvidiaSmi = (recorded: string) => fakeNvidiaSmi(place.path('bin'), recorded)

beforeEach(async () => {
  vi.stubEnv('PATH', place.path('bin'))
  vi.stubEnv('THAW_HOME', place.path('home'))
  vi.stubEnv('THAW_GPU', '')
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '')
  // A pack lies as vendor/tensorflow does.
  await fakeVendor(place.path(), 'module.exports = {}')
  pack = place.path('tensorflow')
})
afterEach(() => vi.unstubAllEnvs())

describe('what is to compute', () => {
  it('is a card where there is a pack, with the mode that was chosen', async () => {
    await nvidiaSmi('one-card')
    for (const mode of ['deterministic', 'autotune'] as const) {
      const { graphics, problem } = await findGraphics(mode, pack)
      expect(graphics).toMatchObject({ mode, card: { name: 'NVIDIA GeForce RTX 3060' } })
      expect(graphics?.addon.path).toBe(path.join(pack, 'lib/napi-v8/addon.cjs'))
      expect(problem).toBeUndefined()
    }
  })

  it('is the processor, without a word, where there is no pack or cards are switched off', async () => {
    await nvidiaSmi('one-card')
    expect(await findGraphics('deterministic', place.path('none'))).toEqual({})
    expect(await findGraphics('off', pack)).toEqual({})
  })

  it('is the processor, with what is wrong, where the driver is too old, stopped or gone', async () => {
    await nvidiaSmi('old-driver')
    const problem = async () => (await findGraphics('autotune', pack)).problem
    expect(await problem()).toMatchObject({ code: 'gpu.driver-old', parameters: { found: '470.256.02' } })
    await nvidiaSmi('no-driver')
    expect(await problem()).toMatchObject({ code: 'gpu.driver-stopped' })
    await nvidiaSmi('no-devices')
    expect(await problem()).toEqual({ code: 'gpu.none', parameters: {} })
  })

  it('is the card that CUDA_VISIBLE_DEVICES names first', async () => {
    await nvidiaSmi('two-cards')
    expect((await findGraphics('autotune', pack)).graphics?.card.index).toBe(0)
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '1,0')
    expect((await findGraphics('autotune', pack)).graphics?.card.index).toBe(1)
  })

  it('is chosen by THAW_GPU, else by the settings, else repeatable', async () => {
    expect(await gpuChoice()).toBe('deterministic')
    await put(place.path('home', 'settings.json'), JSON.stringify({ gpu: 'autotune' }))
    expect(await gpuChoice()).toBe('autotune')
    vi.stubEnv('THAW_GPU', 'off')
    expect(await gpuChoice()).toBe('off')
    vi.stubEnv('THAW_GPU', 'fast')
    await expect(gpuChoice()).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('the environment of a card', () => {
  it('asks for the same bits, or for cuDNN’s fastest', () => {
    expect(graphicsEnvironment('deterministic', {})).toMatchObject({
      TF_DETERMINISTIC_OPS: '1',
      TF_CUDNN_DETERMINISTIC: '1',
      TF_CUDNN_USE_AUTOTUNE: '0',
    })
    expect(graphicsEnvironment('autotune', { TF_DETERMINISTIC_OPS: '1' })).toMatchObject({
      TF_DETERMINISTIC_OPS: '0',
      TF_CUDNN_DETERMINISTIC: '0',
      TF_CUDNN_USE_AUTOTUNE: '1',
    })
  })

  it('keeps float32 exact, and what a person has set', () => {
    expect(graphicsEnvironment('autotune', {})['NVIDIA_TF32_OVERRIDE']).toBe('0')
    const env = graphicsEnvironment('autotune', { TF_FORCE_GPU_ALLOW_GROWTH: 'false' })
    expect(env['TF_FORCE_GPU_ALLOW_GROWTH']).toBe('false')
  })
})

describe('why a card does not compute', () => {
  it('is what TensorFlow said of the driver', () => {
    const stderr = [
      'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR',
      'I0000 00:00:1795528430.464462   15031 port.cc:153] oneDNN custom operations are on.',
      'E0000 00:00:1795528430.518727   15031 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)',
      '',
      'trial: {"reason":"gpu-no-card"}',
    ].join('\n')
    const parameters = reasonIn(stderr)
    const detail = 'failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)'
    expect(parameters).toEqual({ reason: 'gpu-no-card-told', detail })
    const error = plainError(new ThawError('gpu.failed', parameters))
    expect(error.message).toBe(
      `The graphics card is not used: TensorFlow finds no card that it can use (${detail}).`,
    )
    expect(tellError(error, 'ko').message).toBe(
      `그래픽 카드를 쓰지 않습니다: 쓸 수 있는 카드를 TensorFlow가 찾지 못함(${detail}).`,
    )
  })

  it('is the trial’s own word otherwise, or the last there was', () => {
    const wrong = { reason: 'gpu-wrong', operation: 'convolution' }
    expect(reasonIn(`\ntrial: ${JSON.stringify(wrong)}\n`)).toEqual(wrong)
    expect(reasonIn('\ntrial: libcudart.so.12 is missing\n')).toEqual({
      reason: 'libcudart.so.12 is missing',
    })
    expect(reasonIn('Segmentation fault\n')).toEqual({ reason: 'Segmentation fault' })
    expect(reasonIn('')).toEqual({ reason: 'gpu-not-loaded' })
  })
})
