import type { GpuState } from '../../../shared/api/gpu.ts'
import { ThawError } from '../../../shared/errors.ts'
import { asProblem, findGpus } from '../backend/gpu.ts'
import { gpuPack } from './pack.ts'

const mebibyte = 2 ** 20

/** The cards of this machine, what keeps them from computing, and the GPU pack in its folder. */
export async function gpuState(folder: string): Promise<GpuState> {
  const [{ cards, problems }, pack] = await Promise.all([findGpus(), gpuPack(folder)])
  return {
    cards: cards.map(({ name, driver, memoryMiB, freeMiB, computeCapability }) => ({
      name,
      driver,
      memory: memoryMiB * mebibyte,
      free: freeMiB * mebibyte,
      // Drivers of some virtual machines do not tell it.
      computeCapability: Number.isNaN(computeCapability) ? null : computeCapability,
    })),
    problems: problems.map(asProblem),
    pack,
  }
}

/** @throws ThawError gpu.none, gpu.driver-*, gpu.card-old: gigabytes are not fetched for a card that could not use them */
export async function requireUsableCard(): Promise<void> {
  const { cards, problems } = await findGpus()
  const [problem] = problems
  if (problem) throw new ThawError(problem.code, problem.parameters)
  if (cards.length === 0) throw new ThawError('gpu.none')
}
