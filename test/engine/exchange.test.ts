import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCompute } from '../../src/main/engine/backend/compute.ts'
import { tf } from '../../src/main/engine/backend/tf.ts'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import type { Certificate } from '../../src/shared/api/exchange.ts'
import { offeredExport } from '../../src/main/engine/exchange/offeredExport.ts'
import { predictTfjs } from '../../src/main/engine/exchange/tfjsRuntime.ts'
import { writeOnnx } from '../../src/main/engine/exchange/writeOnnx.ts'
import { writeTfjs } from '../../src/main/engine/exchange/writeTfjs.ts'
import { unzip } from '../../src/main/engine/unzip.ts'
import { Model } from '../../src/main/engine/model/network.ts'
import { openNetwork } from '../../src/main/engine/model/open.ts'
import { writeFormulaWeights } from '../../src/main/engine/weights/formula.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import { objects, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()

/** Numbers of both signs that look like a prepared photo's: [height, width, 3] for ours, [3, height, width] for theirs. */
function input(side: number): { ours: Float32Array; theirs: Float32Array } {
  const ours = Float32Array.from(
    { length: 3 * side * side },
    (_, i) => Math.sin(i * 0.37) + Math.cos(i * 0.0011),
  )
  const area = side * side
  const theirs = Float32Array.from(ours, (_, i) => ours[(i % area) * 3 + Math.floor(i / area)]!)
  return { ours, theirs }
}

describe.skipIf(!nativeAddon() && !process.env['CI'])('an ONNX file', () => {
  // One network for each way of being built; VGG16 and ViT-B/16 differ from these only in size.
  it.each([
    'tiny-vgg',
    'tiny-bn',
    'resnet18',
    'mobilenet-v2',
    'mobilenet-v3-large',
    'efficientnet-b0',
    'efficientnet-lite0',
    // Photos of another size than it was made for: "same" padding differs.
    'efficientnet-lite0 240',
    'convnext-tiny',
    'dinov2-small',
  ])('of %s answers in ONNX Runtime as the network does here', async (which) => {
    const [name, given] = which.split(' ') as [string, string?]
    const weightFile = folder.path(`${name}.pth`)
    await writeFormulaWeights(name, weightFile)
    const compute = await openCompute(null, 'exact')
    const { network, weights, preparation } = await openNetwork({ backbone: name, file: weightFile })
    const side = Number(given ?? network.size)
    const { ours, theirs } = input(side)
    const x = tf.tensor(ours, [1, side, side, 3])
    const y = new Model(network, weights, compute.kernels).infer(x)
    const expected = Float32Array.from(y.dataSync())
    tf.dispose([x, y])
    weights.dispose()

    const file = folder.path(`${which}.onnx`)
    const opened = await openWeights(weightFile)
    const classes = Array.from({ length: network.classes }, (_, i) => String(i))
    await writeOnnx(file, {
      network,
      weights: opened,
      preparation: { ...preparation, crop: side },
      classes,
      withPreparation: false,
    })
    await opened.close()
    const ort = await import('onnxruntime-web')
    ort.env.wasm.numThreads = 1
    const session = await ort.InferenceSession.create(await readFile(file))
    const { logits } = await session.run({
      input: new ort.Tensor('float32', theirs, [1, 3, side, side]),
    })
    await session.release()
    const found = logits!.data as Float32Array
    expect(found).toHaveLength(expected.length)
    const largest = Math.max(...expected.map(Math.abs))
    expect(largest).toBeGreaterThan(0)
    expect(Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)))).toBeLessThan(1e-4 * largest)
  })

  it.each(['tiny-vgg', 'tiny-bn', 'mobilenet-v2', 'mobilenet-v3-large', 'resnet18', 'dinov2-small'])(
    'has a twin for TensorFlow.js, which answers for %s as the network does here',
    async (name) => {
      const weightFile = folder.path(`${name}-twin.pth`)
      await writeFormulaWeights(name, weightFile)
      const compute = await openCompute(null, 'exact')
      const { network, weights, preparation } = await openNetwork({ backbone: name, file: weightFile })
      const { ours } = input(network.size)
      const x = tf.tensor(ours, [1, network.size, network.size, 3])
      const expected = Float32Array.from(
        new Model(network, weights, compute.kernels).infer(x as never).dataSync(),
      )
      weights.dispose()
      const opened = await openWeights(weightFile)
      const model = folder.path(`${name}-twin`, 'model.json')
      await writeTfjs(model, {
        network,
        weights: opened,
        preparation: { ...preparation, crop: network.size },
        classes: Array.from({ length: network.classes }, (_, i) => String(i)),
      })
      await opened.close()
      const found = await predictTfjs(model, [x])
      const largest = Math.max(...expected.map(Math.abs))
      expect(Math.max(...expected.map((value, i) => Math.abs(value - found[0]![i]!)))).toBeLessThan(
        1e-4 * largest,
      )
    },
  )

  it('and a TensorFlow.js model are made by a command, with a certificate of an independent program beside them', async () => {
    const run = (args: readonly string[]) => thaw(args, { env: { THAW_HOME: folder.path('home') } })
    const photos = folder.path('photos')
    await drawTinyPhotos(photos, 48, 40)
    const config = folder.path('config.json')
    await writeFile(config, JSON.stringify(await tinySettings(folder.path('weights'), 'tiny-bn')))
    const out = folder.path('run')
    expect((await run(['train', photos, '--config', config, '--out', out])).code).toBe(0)
    for (const more of [[], ['--with-preparation']]) {
      const file = folder.path(`exported${more.length}.onnx`)
      const exported = await run([
        'export',
        '--run',
        out,
        '--format',
        'onnx',
        '--out',
        file,
        '--json',
        ...more,
      ])
      expect(exported).toMatchObject({ code: 0, err: '' })
      const [told] = objects<{ parity: { photos: number }; certificate: Certificate }>(exported)
      expect(told!.parity.photos).toBeGreaterThan(0)
      const { network, photo, file: fromFiles, good, runtime } = told!.certificate
      expect(network.largestLogitDifference).toBeLessThan(1e-4)
      expect(network.changedAnswers).toBe(0)
      expect(good).toBe(true)
      expect(runtime).toMatch(/^onnxruntime-web \d/)
      expect(photo === null).toBe(more.length === 0)
      // Its own resizing gives the bytes that ours does.
      if (photo) expect(photo.largestLogitDifference).toBeLessThan(1e-4)
      // Photos of this run are PNGs: another decoder gives the same pixels.
      expect(fromFiles).toEqual({ ...(photo ?? network), photos: told!.parity.photos, decoder: 'TensorFlow' })
      expect(JSON.parse(await readFile(`${file}.certificate.json`, 'utf8'))).toEqual(told!.certificate)
    }
    const page = folder.path('page')
    const exported = await run(['export', '--run', out, '--format', 'tfjs', '--out', page, '--json'])
    expect(exported).toMatchObject({ code: 0, err: '' })
    const [model] = objects<{ file: string; certificate: Certificate }>(exported)
    expect(model!.file).toBe(path.join(page, 'model.json'))
    expect(model!.certificate.network.largestLogitDifference).toBeLessThan(1e-4)
    expect(await readdir(page)).toEqual(
      expect.arrayContaining(['index.html', 'model.js', 'tf.min.js', 'weights-1.bin', 'weights-1.bin.js']),
    )
    const progress: { done: number; total: number }[] = []
    const offered = await offeredExport(
      {
        ...{ home: folder.path('home'), exports: folder.path('exports'), run: out },
        ...{ format: 'tfjs', withPreparation: false },
      },
      {
        signal: AbortSignal.timeout(120_000),
        onProgress: (it) => progress.push(it),
        passTurn: () => Promise.resolve(),
      },
    )
    expect(progress.at(-1)).toEqual({ done: 4, total: 4 })
    expect(offered.check.certificate).toMatchObject({ ...model!.certificate, bytes: expect.any(Number) })
    // One file is offered, and nothing half made is left beside it.
    expect(await readdir(folder.path('exports'))).toEqual([offered.download])
    expect(await readdir(folder.path('exports', offered.download))).toEqual([offered.name])
    const unpacked = folder.path('unpacked')
    await unzip(
      folder.path('exports', offered.download, offered.name),
      unpacked,
      AbortSignal.timeout(120_000),
    )
    const [inside] = await readdir(unpacked)
    expect((await readdir(path.join(unpacked, inside!))).toSorted()).toEqual((await readdir(page)).toSorted())

    const refused = await run(['export', '--run', out, '--format', 'pytorch', '--out', folder.path('x.py')])
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.err).toContain('no network of torchvision')
    // Five programs start one after the other, which a busy machine takes a minute each for.
  })
})
