/** Loaded into Thaw's processes (NODE_OPTIONS=--import): the published weights of VGG16 are those that LOCAL_WEIGHTS tells of. */
const { knownWeights } = await import('../../../src/main/engine/weights/catalogue.ts')
Object.assign(
  knownWeights.find(({ network }) => network === 'vgg16'),
  JSON.parse(process.env.LOCAL_WEIGHTS),
)
