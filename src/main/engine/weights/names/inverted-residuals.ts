/**
 * Names of networks of inverted residuals (MobileNet, EfficientNet): torchvision numbers the parts of a block, timm says what each
 * is, and calls them otherwise where a block does not widen.
 */
const widening = ['conv_pw', 'bn1', 'conv_dw', 'bn2', 'conv_pwl', 'bn3']
const notWidening = ['conv_dw', 'bn1', 'conv_pw', 'bn2']
const squeezeExcite: Readonly<Record<string, string>> = { fc1: 'se.conv_reduce', fc2: 'se.conv_expand' }

const layerOf = (tensor: string): string => tensor.slice(0, tensor.lastIndexOf('.'))
const lastPart = (layer: string): string => layer.slice(layer.lastIndexOf('.') + 1)

/** timm's block of each layer, where blocks are numbered through from `features.1`. @param counts how many a stage has */
export function blocksOfStages(counts: readonly number[]): (layer: string) => string | undefined {
  const blocks = counts.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => `blocks.${stage}.${i}`),
  )
  return (layer) => blocks[Number(/^features\.(\d+)\./.exec(layer)?.[1]) - 1]
}

/**
 * @param blockOf timm's block that a layer of ours is in
 * @param layers timm's names of layers outside of blocks, by ours; the first two are the stem and its norm
 */
export function invertedResiduals({
  blockOf,
  layers,
}: {
  blockOf: (layer: string) => string | undefined
  layers: Readonly<Record<string, string>>
}): (names: readonly string[]) => (name: string) => string {
  return (names) => {
    const theirs = new Map(Object.entries({ 'features.0.0': 'conv_stem', 'features.0.1': 'bn1', ...layers }))
    const inBlocks = Map.groupBy(
      Array.from(new Set(names.map(layerOf))).filter((layer) => !theirs.has(layer)),
      blockOf,
    )
    for (const [block, its] of inBlocks) {
      if (block === undefined) continue
      const numbered = its.filter((layer) => !(lastPart(layer) in squeezeExcite))
      const parts = numbered.length === widening.length ? widening : notWidening
      for (const layer of its)
        theirs.set(layer, `${block}.${squeezeExcite[lastPart(layer)] ?? parts[numbered.indexOf(layer)]}`)
    }
    return (name) => {
      const layer = theirs.get(layerOf(name))
      return layer === undefined ? name : layer + name.slice(layerOf(name).length)
    }
  }
}
