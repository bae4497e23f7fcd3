import { afterEach, describe, expect, it, vi } from 'vitest'
import { openBackend } from '../../../../src/main/engine/backend/open.ts'
import { tf } from '../../../../src/main/engine/backend/tf.ts'

afterEach(() => vi.unstubAllEnvs())

describe('opening a backend', () => {
  it('falls back where the native library is not set up, and says why', async () => {
    vi.stubEnv('THAW_BACKEND', '')
    const backend = await openBackend({ vendor: '/nowhere', threads: 2 })
    expect(backend).toMatchObject({ name: 'wasm', threads: 2, gpu: null, deterministic: true })
    expect(backend.why).toEqual(['TensorFlow: its native library is not set up'])
    expect(tf.getBackend()).toBe('wasm')
    expect(tf.memory().numTensors).toBe(0)
    await backend.close()
  })

  it('computes on WebAssembly without threads too', async () => {
    const backend = await openBackend({ prefer: 'wasm', threads: 1 })
    expect(backend.threads).toBe(1)
    const product = tf.matMul([[1, 2]], [[3], [4]])
    expect([...product.dataSync()]).toEqual([11])
    product.dispose()
    await backend.close()
  })

  it('takes the one that is asked for', async () => {
    const backend = await openBackend({ prefer: 'cpu' })
    expect(backend).toMatchObject({ name: 'cpu', threads: 1, why: [] })
    expect(await openBackend()).toBe(backend)
  })

  it('takes only the one that THAW_BACKEND names', async () => {
    vi.stubEnv('THAW_BACKEND', 'tensorflow')
    await expect(openBackend({ vendor: '/nowhere' })).rejects.toMatchObject({ code: 'backend.none' })
    vi.stubEnv('THAW_BACKEND', 'cuda')
    await expect(openBackend()).rejects.toMatchObject({ code: 'usage' })
  })
})
