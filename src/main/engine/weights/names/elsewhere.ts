import { ThawError } from '../../../../shared/errors.ts'
import { because } from '../../../../shared/reasons.ts'
import type { ReasonCode } from '../../../../shared/reasons.ts'
import type { WeightFile } from '../codec.ts'
import { withoutWrapper } from './wrappers.ts'

/** Names by which other programs' files, and other kinds of networks, give themselves away; the narrower ones first. */
const kinds: readonly (readonly [RegExp, ReasonCode])[] = [
  [/(^|[._])lora_(A|B|up|down)\b/, 'names-adapter'],
  [/(^|\.)(roi_heads|rpn|aux_classifier|query_embed|bbox_embed)\./, 'names-detection'],
  [/(^|\.)(diffusion_model|down_blocks|up_blocks)\./, 'names-diffusion'],
  [/(^|\.)(visual\.(conv1|class_embedding|trunk)|text_model|vision_model)\b/, 'names-clip'],
  [/(^|\.)(embed_tokens|word_embeddings|wte)\.weight$/, 'names-language'],
  [/(^|\.)embeddings\.(patch_embeddings|cls_token)\b|(^|\.)embedder\.embedder\./, 'names-transformers'],
]

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
  const kind = kindOf(file)
  return kind && new ThawError('weights.foreign', { file: file.path, ...because(kind) })
}
