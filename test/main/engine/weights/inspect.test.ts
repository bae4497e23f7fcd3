import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256Of } from '../../../../src/main/engine/checksum.ts'
import { inspectWeights } from '../../../../src/main/engine/weights/inspect.ts'
import { fileMaker, floats, pickled, safetensorsFile, temporaryFolder, tensor, zipPth } from './support.ts'

const folder = temporaryFolder()
const safetensors = fileMaker(folder, '.safetensors')
const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] }

describe('inspecting a weight file', () => {
  it('tells format, tensors and metadata', async () => {
    const file = safetensors(
      safetensorsFile({ __metadata__: { architecture: 'vgg16' }, a: entry }, floats(1, 2)),
    )
    expect(await inspectWeights(file)).toEqual({
      file,
      format: 'safetensors',
      sha256: await sha256Of(file),
      tensors: [{ name: 'a', shape: [2], dtype: 'float32', bytes: 8 }],
      metadata: { architecture: 'vgg16' },
      found: {},
      warnings: [],
      fit: null,
      ours: new Map(),
    })
  })

  it('tells where in a checkpoint the tensors were', async () => {
    const file = fileMaker(
      folder,
      '.pth',
    )(zipPth(pickled({ state_dict: { a: tensor() } }), { 0: floats(1, 2) }))
    expect(await inspectWeights(file)).toMatchObject({
      format: 'pth',
      variant: 'zip',
      found: { under: 'state_dict' },
    })
  })

  it.skipIf(process.platform === 'win32')('waits for no writer of a named pipe', async () => {
    const pipe = path.join(folder, 'pipe.pth')
    execFileSync('mkfifo', [pipe])
    expect(await inspectWeights(pipe)).toMatchObject({ error: { code: 'weights.not-weights' } })
  })

  it('warns of values that are no numbers', async () => {
    const file = safetensors(safetensorsFile({ a: entry }, floats(NaN, 2)))
    expect(await inspectWeights(file)).toMatchObject({
      warnings: [{ code: 'weights.not-finite', parameters: { tensors: 'a' } }],
    })
  })

  it.each([
    ['model.safetensors.index.json', '{"weight_map": {}}', 'lists the files'],
    ['__0_0.distcp', 'PK\x03\x04', 'dcp_to_torch_save'],
  ])('says what %s is', async (name, text, reason) => {
    const file = path.join(folder, name)
    writeFileSync(file, text)
    const found = await inspectWeights(file)
    expect('error' in found && found.error).toMatchObject({ code: 'weights.not-weights' })
    expect('error' in found && found.error.message).toContain(reason)
  })

  it('tells what is wrong with a bad file, and never throws', async () => {
    expect(await inspectWeights('/absent')).toMatchObject({
      file: '/absent',
      error: { code: 'weights.missing' },
    })
    const file = safetensors(safetensorsFile({ a: entry }, floats(1)))
    expect(await inspectWeights(file)).toMatchObject({ file, error: { code: 'weights.truncated' } })
  })
})
