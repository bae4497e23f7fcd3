import type { FileFit } from '../../shared/api/models.ts'
import type { Contract } from '../../shared/contract.ts'
import type { Output } from '../../shared/rpc.ts'

type FileTensor = Output<Contract, 'models.inspect'>['tensors'][number]

/** A row of the tree of a weight file: what holds tensors, or a tensor. */
export interface TensorRow {
  /** Our name in full, or the file's where the network has no place for the tensor. */
  id: string
  /** The last part of that name; of a tensor that is alone below here, all parts that follow. */
  title: string
  /** 0 at the top. */
  depth: number
  tensor?: FileTensor
  /** What keeps a tensor from fitting; a missing one has a name alone. */
  differs?: 'missing' | 'unexpected' | 'misshapen'
  /** Shape that the network has instead. */
  expected?: readonly number[]
  /** Of what holds tensors: how many, their bytes, how many differ, and whether they are in view. */
  holds?: { tensors: number; bytes: number; differ: number; isOpen: boolean }
}

interface Leaf extends Pick<TensorRow, 'tensor' | 'differs' | 'expected'> {
  id: string
}

/** Tensors in the file's order, by our names; those that the network misses stand at the end of what would hold them. */
function leavesOf(tensors: readonly FileTensor[], fit: FileFit | null): Leaf[] {
  // A head of its own number of classes fits.
  const misshapen = fit && fit.onlyHead && fit.classes !== null ? [] : (fit?.misshapen ?? [])
  const shapes = new Map(misshapen.map(({ name, expected }) => [name, expected]))
  const inFile = tensors.map((tensor): Leaf => {
    const id = tensor.ours ?? tensor.name
    if (fit?.unexpected.includes(id)) return { id, tensor, differs: 'unexpected' }
    const expected = shapes.get(id)
    return { id, tensor, ...(expected && { differs: 'misshapen', expected }) }
  })
  return [...inFile, ...(fit?.missing ?? []).map((id): Leaf => ({ id, differs: 'missing' }))]
}

/**
 * A weight file as a tree, by the parts of the names that the network it is nearest to has for its tensors.
 * @param open ids of what is unfolded
 * @param search leaves out all tensors without it in our name or the file's; what is found is in view
 */
export function tensorRows(
  tensors: readonly FileTensor[],
  fit: FileFit | null,
  open: ReadonlySet<string>,
  search = '',
): TensorRow[] {
  const sought = search.trim().toLowerCase()
  const leaves = leavesOf(tensors, fit).filter(({ id, tensor }) =>
    [id, tensor?.name ?? ''].some((name) => name.toLowerCase().includes(sought)),
  )
  const visit = (below: readonly Leaf[], prefix: string, depth: number): TensorRow[] => {
    const groups = Map.groupBy(below, ({ id }) => id.slice(prefix.length).split('.', 1)[0]!)
    return Array.from(groups).flatMap(([title, its]): TensorRow[] => {
      const id = prefix + title
      // There is nothing to fold about a single one.
      if (its.length === 1) return [{ ...its[0]!, title: its[0]!.id.slice(prefix.length), depth }]
      const own = its.filter((leaf) => leaf.id === id)
      const inside = its.filter((leaf) => leaf.id !== id)
      const rows = own.map((leaf) => ({ ...leaf, title, depth }))
      if (inside.length === 0) return rows
      const isOpen = sought !== '' || open.has(id)
      const holds = {
        tensors: inside.filter(({ tensor }) => tensor).length,
        bytes: inside.reduce((sum, { tensor }) => sum + (tensor?.bytes ?? 0), 0),
        differ: inside.filter(({ differs }) => differs).length,
        isOpen,
      }
      return [...rows, { id, title, depth, holds }, ...(isOpen ? visit(inside, `${id}.`, depth + 1) : [])]
    })
  }
  return visit(leaves, '', 0)
}
