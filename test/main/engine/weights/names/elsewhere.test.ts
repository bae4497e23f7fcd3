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

/** ResNet50 as the backbone of torchvision's networks that find or outline, and what stands behind it. */
const resnet50 = tensorsOfNetwork(networkOf('resnet50')).filter(({ name }) => !name.startsWith('fc.'))
const behind = {
  'FCN-ResNet50': [
    'backbone.',
    { 'classifier.0.weight': [512, 2048, 3, 3], 'classifier.4.weight': [21, 512, 1, 1] },
  ],
  'FCN-ResNet50 with its second classifier': ['backbone.', { 'aux_classifier.4.weight': [21, 256, 1, 1] }],
  'DeepLabV3-ResNet50': ['backbone.', { 'classifier.0.convs.0.0.weight': [256, 2048, 1, 1] }],
  'the same in a Lightning module': ['model.backbone.', { 'model.classifier.4.weight': [21, 256, 1, 1] }],
  'Faster R-CNN': ['backbone.body.', { 'rpn.head.cls_logits.weight': [3, 256, 1, 1] }],
  RetinaNet: ['backbone.body.', { 'head.classification_head.cls_logits.weight': [819, 256, 3, 3] }],
  segmentation_models_pytorch: ['encoder.', { 'segmentation_head.0.weight': [1, 16, 3, 3] }],
  MMSegmentation: ['backbone.', { 'decode_head.conv_seg.weight': [19, 512, 1, 1] }],
} as const

it.each(Object.entries(behind))(
  '%s is no ResNet50 without a head, whose names its backbone has',
  (_, [before, more]) => {
    const tensors = [
      ...resnet50.map(({ name, shape }) => ({ name: before + name, shape })),
      ...Object.entries(more).map(([name, shape]) => ({ name, shape })),
    ].map((it) => ({ ...it, dtype: 'float32' as const, bytes: 4 }))
    const file = { ...fileOf([]), tensors }
    const other = expect.objectContaining({ code: 'weights.no-classifier' }) as Error
    expect(() => networkOfFile(file)).toThrow(other)
    const options = { network: 'ResNet50', head: 'fc', newHead: true }
    expect(() => loadStrict(file, tensorsOfNetwork(networkOf('resnet50')), options)).toThrow(other)
  },
)

it('A classifier of linear layers behind a backbone is one', () => {
  const tensors = [
    ...resnet50.map(({ name, shape }) => ({ name: `backbone.${name}`, shape })),
    { name: 'classifier.0.weight', shape: [512, 2048] },
    { name: 'classifier.4.weight', shape: [3, 512] },
  ].map((it) => ({ ...it, dtype: 'float32' as const, bytes: 4 }))
  expect(networkOfFile({ ...fileOf([]), tensors })).toBe('resnet50')
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
