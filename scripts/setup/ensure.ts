import { nativeAddon, starterWeights, vendorFolder } from '../../src/main/engine/backend/vendor.ts'
import { recentFailures } from './failures.ts'
import { kernelsAreMissing } from './kernels.ts'

export interface SetupOptions {
  /** Say only what is missing in the end. */
  quiet?: boolean
  /** Try again at once what failed a short while ago; otherwise that waits until something about the machine changed. */
  retry?: boolean
  /** Nobody is to wait for what only makes things faster: if nothing else is missing, it is left to the next start. */
  needed?: boolean
}

/** The parts of the set-up that are not in vendor/ yet. */
export function missingParts(vendor: string): Set<SetupPart> {
  const missing = new Set<SetupPart>()
  if (!nativeAddon(vendor)) missing.add('tensorflow')
  if (!starterWeights(vendor)) missing.add('weights')
  // They are linked against TensorFlow, and follow it.
  if (nativeAddon(vendor) && kernelsAreMissing(vendor)) missing.add('kernels')
  return missing
}

export type SetupPart = 'tensorflow' | 'weights' | 'kernels'

/**
 * Makes sure of the set-up: TensorFlow's native library, the starter weights and our own kernels in vendor/. Where everything is there,
 * that is a handful of file sizes. What cannot be brought is said in one line and never fails what comes afterwards.
 * THAW_SETUP=skip leaves all as it is.
 */
export async function ensureSetup(options: SetupOptions = {}): Promise<void> {
  if (process.env['THAW_SETUP'] === 'skip') return
  const vendor = vendorFolder(process.env)
  const missing = missingParts(vendor)
  if (options.needed) missing.delete('kernels')
  if (!options.retry) for (const part of recentFailures(vendor)) missing.delete(part)
  if (missing.size > 0) await (await import('./run.ts')).runSetup(vendor, missing, options.quiet ?? false)
  else if (options.retry && !options.quiet) console.error('Set-up: everything is there.')
}
