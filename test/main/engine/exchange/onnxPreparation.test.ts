import { InferenceSession, Tensor, env } from 'onnxruntime-web'
import { expect, it } from 'vitest'
import { GraphBuilder } from '../../../../src/main/engine/exchange/graphBuilder.ts'
import { onnxModel } from '../../../../src/main/engine/exchange/onnxModel.ts'
import { emitPreparation } from '../../../../src/main/engine/exchange/onnxPreparation.ts'
import { evaluationView } from '../../../../src/main/engine/preprocess/pipeline.ts'
import { Fit, recipePreparation } from '../../../../src/shared/preparation.ts'
import { mix } from '../../../../src/shared/random.ts'

env.wasm.numThreads = 1

const sizes = [
  [90, 61],
  [40, 133],
  [17, 9],
  [48, 48],
  [1, 1],
  [3, 900],
  [700, 433],
] as const
const interpolations = ['bilinear', 'bicubic'] as const
const cases = Fit.options.flatMap((fit) =>
  interpolations.flatMap((interpolation) =>
    sizes.map(([width, height]) => ({ fit, interpolation, width, height })),
  ),
)

it.each(cases)(
  'Inside an ONNX file a photo of $width × $height becomes byte for byte what $fit makes of it here, $interpolation',
  async ({ fit, interpolation, width, height }) => {
    const preparation = { ...recipePreparation, resize: 36, crop: 32, fit, interpolation }
    const builder = new GraphBuilder()
    const prepared = emitPreparation(builder, preparation, 'photos')
    const graph = builder.graph(
      'preparation',
      [{ name: 'photos', type: 'uint8', shape: ['batch', 'height', 'width', 3] }],
      prepared,
      { name: 'prepared', type: 'float32', shape: ['batch', 3, 32, 32] },
    )
    const chunks: Uint8Array[] = []
    for await (const chunk of onnxModel(graph, '0', {}).chunks()) chunks.push(Uint8Array.from(chunk))
    const session = await InferenceSession.create(Buffer.concat(chunks))
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => mix(i) & 255)
    const { prepared: found } = await session.run({
      photos: new Tensor('uint8', data, [1, height, width, 3]),
    })
    await session.release()
    expect(found!.dims).toEqual([1, 3, 32, 32])
    const view = evaluationView({ data, width, height }, preparation)
    const { mean, std } = preparation
    const levels = Array.from(found!.data as Float32Array, (value, i) => {
      const channel = Math.floor(i / 1024)
      return (value * std[channel]! + mean[channel]!) * 255
    })
    const wanted = levels.map((_, i) => view[(i % 1024) * 3 + Math.floor(i / 1024)]!)
    // Not -0.
    expect(levels.map((level) => Math.round(level) + 0)).toEqual(wanted)
  },
)
