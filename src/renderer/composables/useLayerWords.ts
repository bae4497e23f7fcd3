import type { TreeNode } from '../../shared/model/tree.ts'
import { useText } from '../i18n/index.ts'
import type { Translate } from '../i18n/index.ts'
import { decimal } from '../format/numbers.ts'

/** "Block 4" in the person's language; every other name stays as it is. */
function titleOf(t: Translate, { kind, title }: Pick<TreeNode, 'kind' | 'title'>): string {
  const number = kind === 'block' && /^Block (\d+)$/.exec(title)?.[1]
  return number ? t('layers.block', { number }) : title
}

/** Kinds whose name says all. */
const plainKinds = {
  batchnorm: 'layers.kindBatchnorm',
  layernorm: 'layers.kindLayernorm',
  layerscale: 'layers.kindLayerscale',
  relu: 'layers.kindRelu',
  relu6: 'layers.kindRelu6',
  sigmoid: 'layers.kindSigmoid',
  hardsigmoid: 'layers.kindHardsigmoid',
  hardswish: 'layers.kindHardswish',
  silu: 'layers.kindSilu',
  gelu: 'layers.kindGelu',
  maxpool: 'layers.kindMaxpool',
  avgpool: 'layers.kindAvgpool',
  flatten: 'layers.kindFlatten',
  tokens: 'layers.kindTokens',
  classtoken: 'layers.kindClasstoken',
  position: 'layers.kindPosition',
  takeclass: 'layers.kindTakeclass',
} as const

function kindOf(t: Translate, node: TreeNode, head: string): string {
  const { layer, shape } = node
  if (shape) return shape.join(' × ')
  if (!layer) return ''
  switch (layer.kind) {
    case 'conv':
      return t(layer.groups > 1 ? 'layers.kindDepthwise' : 'layers.kindConv', { size: layer.kernel })
    case 'linear':
      return node.id === head ? `${t('layers.kindLinear')} · ${t('layers.isNew')}` : t('layers.kindLinear')
    case 'dropout':
      return t('layers.kindDropout', { p: decimal(layer.p, 1) })
    case 'block':
      return node.id.replace('-', '–')
    case 'paths':
      return t(layer.join === 'add' ? 'layers.kindAdd' : 'layers.kindScale')
    case 'sequence':
      return layer.role ? t(`layers.${layer.role}`) : ''
    case 'attention':
      return t('layers.kindAttention', { heads: layer.heads })
    default:
      return t(plainKinds[layer.kind])
  }
}

/** How a convolution or a pooling moves over its input: "stride 2 · padding 1". */
function stepOf(t: Translate, { layer }: TreeNode): string {
  if (layer?.kind !== 'conv' && layer?.kind !== 'maxpool') return ''
  const stride = t('layers.strideOf', { stride: layer.stride })
  if (layer.kind === 'maxpool') return stride
  return `${stride} · ${t('layers.paddingOf', { padding: layer.padding })}`
}

/** What layers and parts are called. */
export function useLayerWords() {
  const { t } = useText()
  const title = (node: Pick<TreeNode, 'kind' | 'title'>) => titleOf(t, node)
  return {
    title,
    kind: (node: TreeNode, head: string) => kindOf(t, node, head),
    step: (node: TreeNode) => stepOf(t, node),
    /** Neighbours in one phrase: "Block 1–3", "conv_stem – blocks.3". */
    span: (parts: readonly TreeNode[]): string => {
      const [first, last] = [parts[0], parts.at(-1)]
      if (!first || !last) return ''
      if (first === last) return title(first)
      if (!parts.every(({ kind }) => kind === 'block')) return `${title(first)} – ${title(last)}`
      const numbers = [first, last].map((part) => part.title.replace('Block ', ''))
      return t('layers.blocks', { range: numbers.join('–') })
    },
  }
}
