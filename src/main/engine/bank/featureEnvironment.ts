import { createRequire } from 'node:module'
import sharp from 'sharp'
import type { Environment } from '../../../shared/run.ts'

const { version: heicDecoder } = createRequire(import.meta.url)('libheif-js/package.json') as {
  version: string
}

/** What decodes photos, with its parts: a newer one may give other pixels. */
const decoders = (): string[] =>
  Object.entries({ ...sharp.versions, 'libheif-js': heicDecoder }).map(
    ([name, version]) => `${name} ${version}`,
  )

/** What features depend on beside photo, network and preparation: all of it changes last bits, or may. */
export function featureEnvironment(environment: Environment): (string | number)[] {
  const { thaw, backend, backendVersion, device, gpu, threads, precision, cpuFeatures } = environment
  return [
    `thaw ${thaw}`,
    backend,
    backendVersion,
    threads,
    precision,
    ...(gpu === null ? cpuFeatures : [device, gpu]),
    ...decoders(),
  ]
}
