import { partsOf, planTreeOf } from './planTree.ts'
import { kindOf } from './kinds/index.ts'
import { isGroup } from './spec.ts'
import type { Network } from './spec.ts'
import { walk } from './tree.ts'
import type { TreeNode } from './tree.ts'

/** One box of the picture of a network: a layer, or a whole part where there are too many layers to draw. */
export interface DiagramBox {
  id: string
  output: TreeNode['output']
}

/** Boxes that stand together, with one label: the part they belong to. */
export interface DiagramGroup {
  id: string
  title: string
  kind: TreeNode['kind']
  output: TreeNode['output']
  boxes: readonly DiagramBox[]
}

/** More boxes than this and none can be told from the next. */
const mostBoxes = 26

const isWeighted = ({ layer }: TreeNode): boolean =>
  layer !== undefined && !isGroup(layer) && kindOf(layer).isDrawn === true

/** The network from photo to answer, in its own order. BatchNorm has no box: it changes neither size nor depth. */
export function diagramOf(network: Network): DiagramGroup[] {
  const parts = partsOf(network).filter(({ kind }) => kind !== 'batchnorm')
  const layers = [...walk(planTreeOf(network).root)].filter(isWeighted).length
  return parts.map((part) => {
    const inside = layers <= mostBoxes ? [...walk(part)].filter(isWeighted) : [part]
    const boxes = inside.map(({ id, output }) => ({ id, output }))
    return { id: part.id, title: part.title, kind: part.kind, output: part.output, boxes }
  })
}
