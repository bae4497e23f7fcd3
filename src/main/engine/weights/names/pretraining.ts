/** Tensors that only a network's own pretraining used, by one of its tensors: DINOv2's published file keeps its mask token. */
const unused: Readonly<Record<string, readonly string[]>> = { pos_embed: ['mask_token'] }

/** Whether a tensor of a file plays no part in a network that has these tensors. */
export const isUnused = (name: string, expected: { has: (name: string) => boolean }): boolean =>
  Object.entries(unused).some(
    ([its, names]) => names.includes(name) && expected.has(its) && !expected.has(name),
  )
