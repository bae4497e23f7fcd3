import path from 'node:path'
import { expect, it } from 'vitest'
import { exportWeights } from '../../../../src/main/engine/weights/export.ts'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'
import { writeSafetensors } from '../../../../src/main/engine/weights/safetensors-writer.ts'
import { temporaryFolder } from './support.ts'

const folder = temporaryFolder()
const run = path.join(folder, 'run.safetensors')
const said = { architecture: 'resnet18', classes: '["ants","bees"]' }

it.each([
  ['safetensors', { ...said, provenance: 'from here' }],
  ['pth', {}],
] as const)(
  'As %s a run’s weights keep every number, and what the form has room for',
  async (format, metadata) => {
    const values = Float32Array.of(1.1, -0, 3e-42)
    await writeSafetensors(
      run,
      [
        { name: 'a.weight', shape: [3], dtype: 'float32', values: () => values },
        { name: 'a.num_batches_tracked', shape: [], dtype: 'int64', values: () => Float32Array.of(7) },
      ],
      said,
    )
    const to = path.join(folder, `out.${format}`)
    await exportWeights(run, to, format, { provenance: 'from here' })
    const written = await openWeights(to)
    expect(written.format).toBe(format)
    expect(written.metadata).toEqual(metadata)
    expect(new Map(written.tensors.map(({ name, dtype }) => [name, dtype]))).toEqual(
      new Map([
        ['a.weight', 'float32'],
        ['a.num_batches_tracked', 'int64'],
      ]),
    )
    expect(Buffer.from((await written.read('a.weight')).buffer)).toEqual(Buffer.from(values.buffer))
    expect([...(await written.read('a.num_batches_tracked'))]).toEqual([7])
    await written.close()
  },
)
