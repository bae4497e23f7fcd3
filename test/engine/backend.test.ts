import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { nativeAddon, ownKernels } from '../../src/main/engine/backend/vendor.ts'

/** Each in a process of its own: TensorFlow's threads are settled once a process, and its greeting is part of the test. */
async function inProcess(script: string, env: Record<string, string> = {}) {
  const backend = fileURLToPath(new URL('../../src/main/engine/backend/', import.meta.url))
  const prelude = `
    const { enter } = await import('${backend}../environment.ts')
    enter(process.env)
    const { openBackend } = await import('${backend}open.ts')
    const { nativeBackend } = await import('${backend}native.ts')
    const { openCompute, threadsHere } = await import('${backend}compute.ts')
    const { tf } = await import('${backend}tf.ts')
    const print = (value) => console.log(JSON.stringify(value))\n`
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', prelude + script],
    { env: { ...process.env, THAW_BACKEND: '', ...env } },
  )
  return {
    values: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    stderr,
  }
}

const convolve = `
  const x = tf.randomNormal([2, 28, 28, 16], 0, 1, 'float32', 7)
  const w = tf.randomNormal([3, 3, 16, 32], 0, 1, 'float32', 8)
  const y = tf.conv2d(x, w, 1, 'same').dataSync()
  print(Buffer.from(y.buffer, y.byteOffset, y.byteLength).toString('base64'))`

describe.skipIf(!nativeAddon() && !process.env['CI'])('the native backend', () => {
  it('is the one that is taken, without a word on standard error', async () => {
    const { values, stderr } = await inProcess(`
      const { name, version, threads, why, deterministic } = await openBackend({ threads: 2 })
      print({ name, version, threads, why, deterministic })
      print(nativeBackend().binding.TF_Version)`)
    const { version: tensorflow, path } = nativeAddon()!
    const own = ownKernels(path)
    const version = own ? `${tensorflow}, ${own.name}` : tensorflow
    expect(values).toEqual([
      { name: 'tensorflow', version, threads: 2, why: [], deterministic: true },
      tensorflow,
    ])
    expect(stderr).toBe('')
  })

  it('gives the same bits in another process with the same threads', async () => {
    const script = `await openBackend({ threads: 2 }); ${convolve}`
    const [one, other] = await Promise.all([inProcess(script), inProcess(script)])
    expect(one.values).toEqual(other.values)
  })

  it('keeps to its thread count', async () => {
    const { values } = await inProcess(`
      await openBackend({ threads: 1 })
      const a = tf.ones([1024, 1024])
      tf.matMul(a, a).dataSync()
      const [wall, cpu] = [performance.now(), process.cpuUsage()]
      for (let i = 0; i < 10; i++) tf.matMul(a, a).dataSync()
      print(process.cpuUsage(cpu).user / 1000 / (performance.now() - wall))
      await openBackend({ threads: 2 }).then((backend) => print(backend.why))`)
    expect(values[0]).toBeLessThan(1.3)
    expect(values[1]).toEqual(['TensorFlow: it runs with 1 threads in this process and cannot change to 2'])
  })

  it('answers for a run of another thread count where it computes already, instead of leaving all to WebAssembly', async () => {
    const { values } = await inProcess(`
      print(threadsHere(1))
      await openBackend({ threads: 2 })
      const { environment } = await openCompute(threadsHere(1), 'exact')
      print([environment.backend, environment.threads])
      print((await openBackend()).name)
      // Whoever asks: a forecast and a comparison of precisions ask as a training does.
      print((await openCompute(1, 'exact')).environment.backend)`)
    expect(values).toEqual([1, ['tensorflow', 2], 'tensorflow', 'tensorflow'])
  })

  it('agrees with plain JavaScript and WebAssembly, one after the other in a process', async () => {
    const { values } = await inProcess(`
      for (const prefer of ['tensorflow', 'wasm', 'cpu', 'tensorflow']) {
        await openBackend({ prefer, threads: 2 })
        print(tf.getBackend())
        const x = tf.tensor(Array.from({ length: 75 }, (_, i) => Math.sin(i)), [1, 5, 5, 3])
        const w = tf.tensor(Array.from({ length: 54 }, (_, i) => Math.cos(i)), [3, 3, 3, 2])
        print([...tf.conv2d(x, w, 1, 'same').dataSync()])
      }`)
    expect([values[0], values[2], values[4], values[6]]).toEqual(['tensorflow', 'wasm', 'cpu', 'tensorflow'])
    const reference = values[5] as number[]
    for (const result of [values[1], values[3], values[7]] as number[][]) {
      expect(Math.max(...result.map((value, i) => Math.abs(value - reference[i]!)))).toBeLessThan(1e-5)
    }
  })
})

describe('WebAssembly', () => {
  it('ends with the process although its threads wait', async () => {
    const { values } = await inProcess(`print((await openBackend()).threads)`, { THAW_BACKEND: 'wasm' })
    expect(values[0]).toBeGreaterThan(0)
  })
})
