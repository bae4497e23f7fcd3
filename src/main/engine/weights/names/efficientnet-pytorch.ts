/**
 * The names that the packages efficientnet-pytorch and efficientnet-lite-pytorch give to tensors ("_blocks.3._bn0.weight"), and
 * the same layers in timm ("blocks.2.1.bn1.weight"), whose names are ours. The starter weights come with the former.
 */
const topLayers: Readonly<Record<string, string>> = {
  _conv_stem: 'conv_stem',
  _bn0: 'bn1',
  _conv_head: 'conv_head',
  _bn1: 'bn2',
  _fc: 'classifier',
}

/** A block that widens, filters and narrows. */
const invertedResidual: Readonly<Record<string, string>> = {
  _expand_conv: 'conv_pw',
  _bn0: 'bn1',
  _depthwise_conv: 'conv_dw',
  _bn1: 'bn2',
  _project_conv: 'conv_pwl',
  _bn2: 'bn3',
}

/** The blocks of the first stage do not widen, and timm numbers their parts otherwise. */
const depthwiseSeparable: Readonly<Record<string, string>> = {
  _depthwise_conv: 'conv_dw',
  _bn1: 'bn1',
  _project_conv: 'conv_pw',
  _bn2: 'bn2',
}

/** "blocks.2.1" for each block in order: these packages number blocks through, timm numbers them by stage. */
function blockNames(expected: readonly string[]): string[] {
  return Array.from(new Set(expected.flatMap((name) => /^blocks\.\d+\.\d+(?=\.)/.exec(name)?.[0] ?? [])))
}

/**
 * @param found the names in a file
 * @param expected the network's names, in order
 * @returns how to rename, or undefined if the file does not use these names. Names without a counterpart stay as they are.
 */
export function efficientnetNames(
  found: readonly string[],
  expected: readonly string[],
): ((name: string) => string) | undefined {
  const names = new Set(found)
  if (!names.has('_conv_stem.weight') || !expected.includes('conv_stem.weight')) return undefined
  const blocks = blockNames(expected)
  return (name) => {
    const [top = '', ...rest] = name.split('.')
    const topLayer = topLayers[top]
    if (topLayer !== undefined) return [topLayer, ...rest].join('.')
    const [index = '', part = '', ...more] = rest
    const block = blocks[Number(index)]
    const parts = names.has(`_blocks.${index}._expand_conv.weight`) ? invertedResidual : depthwiseSeparable
    const layer = parts[part]
    return top === '_blocks' && block !== undefined && layer !== undefined
      ? [block, layer, ...more].join('.')
      : name
  }
}
