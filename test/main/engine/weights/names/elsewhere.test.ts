import { expect, it } from 'vitest'
import { inspectWeights } from '../../../../../src/main/engine/weights/inspect.ts'
import { loadStrict } from '../../../../../src/main/engine/weights/load.ts'
import { elsewhere } from '../../../../../src/main/engine/weights/names/elsewhere.ts'
import { networkOfFile } from '../../../../../src/main/engine/weights/nearest.ts'
import { writeSafetensors } from '../../../../../src/main/engine/weights/safetensors-writer.ts'
import { tensorsOfNetwork } from '../../../../../src/shared/model/layers.ts'
import { architectures, networkNames, networkOf } from '../../../../../src/shared/model/registry.ts'
import { testFolder } from '../../../../support/engine/host.ts'

const fileOf = (names: readonly string[]) => ({
  ...{ path: '/x/model.safetensors', format: 'safetensors' as const, metadata: {}, found: {} },
  tensors: names.map((name) => ({ name, shape: [1], dtype: 'float32' as const, bytes: 4 })),
  read: () => Promise.resolve(new Float32Array(1)),
  close: () => Promise.resolve(),
})

const parts = (count: number, ...names: string[]) =>
  Array.from({ length: count }, (_, i) => names.map((name) => name.replace('#', String(i)))).flat()

const files: [string, string[]][] = [
  [
    'names-transformers',
    ['vit.embeddings.cls_token', 'vit.encoder.layer.0.attention.attention.query.weight'],
  ],
  ['names-transformers', ['resnet.embedder.embedder.convolution.weight', 'classifier.1.weight']],
  ['names-transformers', ['convnext.embeddings.patch_embeddings.weight', 'classifier.weight']],
  ['names-numbered', ['0.0.weight', '0.1.running_mean', '0.4.0.conv1.weight', '1.8.weight']],
  ['names-numbered', parts(8, 'module.#.weight')],
  ['names-detection', ['backbone.body.0.0.weight', 'roi_heads.box_head.fc6.weight']],
  ['names-diffusion', ['model.diffusion_model.input_blocks.0.0.weight']],
  ['names-clip', ['visual.conv1.weight', 'token_embedding.weight']],
  ['names-clip', ['vision_model.embeddings.class_embedding', 'text_model.embeddings.token_embedding.weight']],
  ['names-language', ['model.embed_tokens.weight', ...parts(8, 'model.layers.#.self_attn.q_proj.weight')]],
  ['names-adapter', parts(8, 'base_model.model.layers.#.attn.lora_A.weight')],
]

it.each(files)('A file is told by its names to be of another program or kind: %s', (reason, names) => {
  const foreign = { code: 'weights.foreign', parameters: expect.objectContaining({ reason }) as unknown }
  expect(elsewhere(fileOf(names))).toMatchObject(foreign)
  expect(() => networkOfFile(fileOf(names))).toThrow(expect.objectContaining(foreign))
  const expected = tensorsOfNetwork(networkOf('vit-b-16'))
  const load = () => loadStrict(fileOf(names), expected, { network: 'ViT-B/16', head: 'heads.head' })
  expect(load).toThrow(expect.objectContaining(foreign))
})

it('No network here is told to be of another program', () => {
  for (const name of networkNames.filter((it) => !('internal' in architectures[it])))
    expect(elsewhere(fileOf(tensorsOfNetwork(networkOf(name)).map((it) => it.name)))).toBeUndefined()
})

it('Names that nobody knows are told of as such, and a look inside says whose the known ones are', async () => {
  expect(() => networkOfFile(fileOf(['0.weight', 'b']))).toThrow(
    expect.objectContaining({ code: 'weights.no-network' }),
  )
  const file = `${await testFolder()}/model.safetensors`
  await writeSafetensors(file, [
    {
      ...{ name: 'vit.embeddings.cls_token', shape: [1], dtype: 'float32' as const },
      values: () => Float32Array.of(1),
    },
  ])
  expect(await inspectWeights(file)).toMatchObject({
    ...{ fit: null, warnings: [{ code: 'weights.foreign', parameters: { reason: 'names-transformers' } }] },
  })
})
