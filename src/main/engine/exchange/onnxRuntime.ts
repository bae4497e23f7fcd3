import { readFile } from 'node:fs/promises'
import type { Preparation } from '../../../shared/preparation.ts'
import type { Pixels } from '../photos/pixels.ts'
import { normalise } from '../preprocess/normalise.ts'
import { evaluationView } from '../preprocess/pipeline.ts'

/** The network's input as ONNX and PyTorch want it, [1, 3, size, size], from what the evaluation sees. */
function preparedTensor(photo: Pixels, preparation: Preparation): Float32Array {
  const pixels = evaluationView(photo, preparation)
  const rows = new Float32Array(pixels.length)
  normalise(pixels, preparation, rows)
  const area = pixels.length / 3
  return Float32Array.from(rows, (_, i) => rows[(i % area) * 3 + Math.floor(i / area)]!)
}

/** Answers photos with ONNX Runtime's WebAssembly build, which shares no code with our own kernels. */
export class OnnxRuntime {
  private readonly session: import('onnxruntime-web').InferenceSession
  private readonly ort: typeof import('onnxruntime-web')
  readonly name: string

  private constructor(
    ort: typeof import('onnxruntime-web'),
    session: import('onnxruntime-web').InferenceSession,
  ) {
    this.ort = ort
    this.session = session
    this.name = `onnxruntime-web ${ort.env.versions.web ?? ''}`.trim()
  }

  static async open(file: string): Promise<OnnxRuntime> {
    const ort = await import('onnxruntime-web')
    // Its threads are a browser's workers.
    ort.env.wasm.numThreads = 1
    const session = await ort.InferenceSession.create(await readFile(file), { executionProviders: ['wasm'] })
    return new OnnxRuntime(ort, session)
  }

  /** Logits for a photo that we prepare. */
  fromPrepared(photo: Pixels, preparation: Preparation): Promise<Float32Array> {
    const { Tensor } = this.ort
    const { crop } = preparation
    const values = preparedTensor(photo, preparation)
    return this.run({ input: new Tensor('float32', values, [1, 3, crop, crop]) })
  }

  /** Logits for a photo as it was decoded: the file resizes, crops and normalises it. */
  fromPhoto({ data, width, height }: Pixels): Promise<Float32Array> {
    return this.run({ photos: new this.ort.Tensor('uint8', Uint8Array.from(data), [1, height, width, 3]) })
  }

  private async run(feeds: Record<string, import('onnxruntime-web').Tensor>): Promise<Float32Array> {
    const { logits } = await this.session.run(feeds)
    return Float32Array.from(logits!.data as Float32Array)
  }

  close(): Promise<void> {
    return this.session.release()
  }
}
