import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { InferenceSession, Tensor, env } from 'onnxruntime-web'
import { beforeAll, describe, expect, it } from 'vitest'
import { predictTfjs } from '../../../../src/main/engine/exchange/tfjsRuntime.ts'
import { writeOnnx } from '../../../../src/main/engine/exchange/writeOnnx.ts'
import { writeTfjs } from '../../../../src/main/engine/exchange/writeTfjs.ts'
import { tf } from '../../../../src/main/engine/backend/tf.ts'
import { writeFormulaWeights } from '../../../../src/main/engine/weights/formula.ts'
import type { WeightFile } from '../../../../src/main/engine/weights/codec.ts'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { mix } from '../../../../src/shared/random.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'
import { temporaryFolder } from '../weights/support.ts'

env.wasm.numThreads = 1
const folder = temporaryFolder()
const side = 64
const preparation = { ...recipePreparation, resize: side, crop: side }
/** [2, side, side, 3] */
const photos = Float32Array.from({ length: 2 * side * side * 3 }, (_, i) => mix(i) / 2 ** 31 - 1)

/** The same numbers as ONNX has them, [2, 3, side, side]. */
const planes = Float32Array.from(photos, (_, i) => {
  const [photo, within] = [Math.floor(i / (side * side * 3)), i % (side * side * 3)]
  const [channel, index] = [Math.floor(within / (side * side)), within % (side * side)]
  return photos[(photo * side * side + index) * 3 + channel]!
})

describe.each(['tiny-vgg', 'tiny-bn'])('what is written of %s', (name) => {
  const network = networkOf(name)
  const classes = Array.from({ length: network.classes }, (_, c) => `class ${c}`)
  const place = path.join(folder, name)
  const onnx = path.join(place, 'x.onnx')
  const model = path.join(place, 'model.json')

  beforeAll(async () => {
    mkdirSync(place)
    const file = path.join(place, 'start.pth')
    await writeFormulaWeights(name, file)
    const weights: WeightFile = await openWeights(file)
    const options = { network, weights, preparation, classes }
    await writeOnnx(onnx, { ...options, withPreparation: false })
    await writeTfjs(model, options)
    await weights.close()
  })

  it('is answered alike by ONNX Runtime and TensorFlow.js, several photos at once', async () => {
    const session = await InferenceSession.create(readFileSync(onnx))
    const found = await session.run({ input: new Tensor('float32', planes, [2, 3, side, side]) })
    await session.release()
    const byOnnx = found['logits']!.data as Float32Array
    expect(found['logits']!.dims).toEqual([2, classes.length])
    const [byTfjs] = await predictTfjs(model, [tf.tensor(photos, [2, side, side, 3])])
    const largest = Math.max(...byOnnx.map(Math.abs))
    expect(largest).toBeGreaterThan(0.01)
    expect(byTfjs).toHaveLength(byOnnx.length)
    byTfjs!.forEach((value, i) => expect(Math.abs(value - byOnnx[i]!)).toBeLessThan(1e-5 * largest))
    // Two photos are two answers.
    expect(byOnnx.slice(0, classes.length)).not.toEqual(byOnnx.slice(classes.length))
  })

  it('names classes and preparation', () => {
    const text = readFileSync(onnx, 'latin1')
    expect(text).toContain(JSON.stringify(preparation))
    expect(text).toContain(JSON.stringify(classes))
    const { userDefinedMetadata } = JSON.parse(readFileSync(model, 'utf8')) as { userDefinedMetadata: object }
    expect(userDefinedMetadata).toEqual({ classes, preparation, network: name })
  })
})
