import { ThawError } from '../../../../shared/errors.ts'
import { because } from '../../../../shared/reasons.ts'
import type { ReasonCode } from '../../../../shared/reasons.ts'
import type { WeightFile } from '../codec.ts'
import { withoutWrapper } from './wrappers.ts'

/** Names by which other programs' files, and other kinds of networks, give themselves away; the narrower ones first. */
const kinds: readonly (readonly [RegExp, ReasonCode])[] = [
  [/(^|[._])lora_(A|B|up|down)\b/, 'names-adapter'],
  [/(^|\.)(diffusion_model|down_blocks|up_blocks)\./, 'names-diffusion'],
  [/(^|\.)(visual\.(conv1|class_embedding|trunk)|text_model|vision_model)\b/, 'names-clip'],
  [/(^|\.)(embed_tokens|word_embeddings|wte)\.weight$/, 'names-language'],
  [/(^|\.)embeddings\.(patch_embeddings|cls_token)\b|(^|\.)embedder\.embedder\./, 'names-transformers'],
]

/** What detection and segmentation put behind a backbone, which may be a network of here with all its names. */
const dense =
  /(^|\.)(roi_heads|rpn|aux_classifier|query_embed|bbox_embed|head\.(classification|regression)_head|(segmentation|decode|auxiliary|bbox|mask|rpn|roi)_head)\./

/** Whether a classifier of convolutions, which answers for each place, stands behind a backbone: FCN's, DeepLab's, LR-ASPP's. */
const answersPlaces = ({ tensors }: WeightFile): boolean =>
  tensors.some(({ name, shape }) => shape.length === 4 && /(^|\.)classifier\.[\w.]*weight$/.test(name)) &&
  tensors.some(({ name }) => /(^|\.)backbone\./.test(name))

/** What to say of a file whose backbone may be a network here, and which is no classifier of photos. */
export const notClassifier = (file: WeightFile): ThawError | undefined =>
  file.tensors.some(({ name }) => dense.test(name)) || answersPlaces(file)
    ? new ThawError('weights.no-classifier', { file: file.path })
    : undefined

const isNumbered = (name: string): boolean => /^\d+\./.test(name)

function kindOf(file: WeightFile): ReasonCode | undefined {
  const names = file.tensors.map(({ name }) => name)
  const known = kinds.find(([its]) => names.some((name) => its.test(name)))
  if (known) return known[1]
  const bare = withoutWrapper(names)
  return bare.length > 0 && bare.every(isNumbered) ? 'names-numbered' : undefined
}

/** What to say of a file whose names are known to be those of something that is not read here. */
export function elsewhere(file: WeightFile): ThawError | undefined {
  const other = notClassifier(file)
  if (other) return other
  const kind = kindOf(file)
  return kind && new ThawError('weights.foreign', { file: file.path, ...because(kind) })
}
