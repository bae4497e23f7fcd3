import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import { GpuChoice } from '../../../shared/gpu.ts'
import type { GpuMode } from '../../../shared/gpu.ts'
import { environment } from '../environment.ts'
import { packFolder } from '../gpu/packPaths.ts'
import { currentFolders, dataPaths } from '../store/paths.ts'
import { readSettings } from '../store/settings.ts'
import type { Finding, GraphicsCard } from './gpu.ts'
import { findGpus } from './gpu.ts'
import type { NativeAddon } from './vendor.ts'
import { addonIn } from './vendor.ts'

/** A card, the library that computes on it, and how. */
export interface Graphics {
  mode: GpuMode
  addon: NativeAddon
  card: GraphicsCard
}

/** What the person chose: THAW_GPU, else the settings. @throws ThawError usage if THAW_GPU is none of the known */
export async function gpuChoice(): Promise<GpuChoice> {
  const forced = environment()['THAW_GPU'] || undefined
  if (forced === undefined) return (await readSettings(dataPaths(currentFolders()).settings)).gpu
  const known = GpuChoice.safeParse(forced)
  if (known.success) return known.data
  throw new ThawError(
    'usage',
    because('variable', { variable: 'THAW_GPU', value: forced, known: GpuChoice.options.join(', ') }),
  )
}

/**
 * The card and the library of the GPU pack that would fulfil a choice. Without a pack nobody expects a card to compute; with one,
 * what keeps it from computing is told.
 */
export async function findGraphics(
  choice: GpuChoice,
  pack = packFolder(dataPaths(currentFolders()).gpu),
): Promise<{ graphics?: Graphics; problem?: Finding }> {
  const addon = choice === 'off' ? undefined : addonIn(pack)
  if (choice === 'off' || !addon) return {}
  const { cards, problems } = await findGpus()
  const [problem] = problems
  if (problem) return { problem }
  const card = cards.find(({ index }) => index === firstVisible()) ?? cards[0]
  if (!card) return { problem: { code: 'gpu.none', parameters: {} } }
  return { graphics: { mode: choice, addon, card } }
}

/** Before a trial's own reason on standard error: parameters of `gpu.failed` as JSON where Thaw knows it, else a text to be quoted. */
export const trialMark = 'trial: '

/** TensorFlow takes the first card it sees. */
const firstVisible = (): number => Number(environment()['CUDA_VISIBLE_DEVICES']?.split(',')[0] || 0)

/**
 * What CUDA, cuDNN and TensorFlow read from the environment while they load.
 * @returns variables by name; those that a person has set keep their value, but for the three that the mode consists of
 */
export function graphicsEnvironment(mode: GpuMode, env = environment()): Record<string, string> {
  const usual = {
    // The numbers of nvidia-smi; CUDA's own order begins with the fastest card.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    // Cards from Ampere on would otherwise round products of float32 to 10 bits (TensorFloat-32).
    NVIDIA_TF32_OVERRIDE: '0',
    // A card newer than the library has its kernels translated once, for which the usual cache is too small.
    CUDA_CACHE_MAXSIZE: String(2 ** 31),
    // Otherwise TensorFlow takes the whole memory of the card at once, also from the desktop it draws.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  }
  const set = Object.entries(usual).map(([name, value]) => [name, env[name] ?? value])
  const isDeterministic = mode === 'deterministic'
  return {
    ...(Object.fromEntries(set) as Record<string, string>),
    TF_DETERMINISTIC_OPS: isDeterministic ? '1' : '0',
    TF_CUDNN_DETERMINISTIC: isDeterministic ? '1' : '0',
    TF_CUDNN_USE_AUTOTUNE: isDeterministic ? '0' : '1',
  }
}
