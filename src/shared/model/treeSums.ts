import type { TreeNode } from './tree.ts'

/**
 * Adds up what belongs to parameters over the tree: for each node what all parameters below it have together.
 * @param valueOf by a parameter's full name; undefined where there is nothing of it
 * @returns by node id; nodes without any value are left out
 */
export function sumsOverTree(
  root: TreeNode,
  valueOf: (parameter: string) => number | undefined,
): Map<string, number> {
  const sums = new Map<string, number>()
  const visit = (node: TreeNode): number | undefined => {
    const own = node.kind === 'parameter' ? valueOf(node.id) : undefined
    const values = [own, ...node.children.map(visit)].filter((value) => value !== undefined)
    if (values.length === 0) return undefined
    const sum = values.reduce((a, b) => a + b, 0)
    sums.set(node.id, sum)
    return sum
  }
  visit(root)
  return sums
}
