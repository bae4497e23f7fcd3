/** Bits of 128 that may differ: re-encoding and resizing change a few, another photo of the same subject many. */
const mostDifferent = 10
/** Equal pieces of the signature: of two that differ in at most that many bits, one piece at least is the same. */
const pieces = mostDifferent + 1

const bitsIn = (value: number): number => {
  const v0 = value - ((value >>> 1) & 0x55555555)
  const v = (v0 & 0x33333333) + ((v0 >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

const words = 4

/** The signature as four whole numbers of 32 bits. */
const readInto = (all: Int32Array, at: number, signature: string): void => {
  for (let w = 0; w < words; w += 1) all[at * words + w] = parseInt(signature.slice(w * 8, w * 8 + 8), 16)
}

/** Bits from `from` to before `to`, of 128: at most 12 of them, so they lie in two words at most. */
function piece(all: Int32Array, at: number, from: number, to: number): number {
  let value = 0
  for (let bit = from; bit < to; bit += 1)
    value = (value << 1) | ((all[at * words + (bit >> 5)]! >>> (31 - (bit & 31))) & 1)
  return value
}

function isNear(all: Int32Array, a: number, b: number): boolean {
  let bits = 0
  for (let w = 0; w < words; w += 1) bits += bitsIn(all[a * words + w]! ^ all[b * words + w]!)
  return bits <= mostDifferent
}

/** One of these that is near, the last first: of a series of photos the one before is likeliest. */
function holdsNear(all: Int32Array, members: readonly number[], at: number): number | undefined {
  for (let i = members.length - 1; i >= 0; i -= 1) if (isNear(all, members[i]!, at)) return members[i]
  return undefined
}

/**
 * Connects near ones that share a piece. What is connected already is looked through only until one is near: of ten thousand photos of one
 * scene each would be compared with every other.
 */
function connect(all: Int32Array, bucket: readonly number[], pair: (a: number, b: number) => void): void {
  let sets: number[][] = []
  for (const at of bucket) {
    const near = sets.filter((members) => {
      const other = holdsNear(all, members, at)
      if (other !== undefined) pair(other, at)
      return other !== undefined
    })
    if (near.length === 1) near[0]!.push(at)
    else if (near.length === 0) sets.push([at])
    else sets = [...sets.filter((it) => !near.includes(it)), [...near.flat(), at]]
  }
}

/**
 * Calls `pair` with indices of near-duplicates, so that whatever they connect is connected: photos whose signatures (photos/look.ts) differ
 * in at most 10 of 128 bits. Of photos with one signature, each is paired with the first. Exact, by pieces that two near ones share.
 */
export function nearDuplicates(
  signatures: readonly (string | undefined)[],
  pair: (a: number, b: number) => void,
): void {
  const firsts = new Map<string, number>()
  signatures.forEach((signature, i) => {
    if (signature === undefined) return
    const first = firsts.get(signature)
    if (first === undefined) firsts.set(signature, i)
    else pair(first, i)
  })
  const indices = [...firsts.values()]
  const all = new Int32Array(indices.length * words)
  indices.forEach((index, at) => readInto(all, at, signatures[index]!))
  for (let k = 0; k < pieces; k += 1) {
    const [from, to] = [Math.floor((k * 128) / pieces), Math.floor(((k + 1) * 128) / pieces)]
    const buckets = Array.from({ length: 2 ** (to - from) }, (): number[] => [])
    for (let at = 0; at < indices.length; at += 1) buckets[piece(all, at, from, to)]!.push(at)
    for (const bucket of buckets) connect(all, bucket, (a, b) => pair(indices[a]!, indices[b]!))
  }
}
