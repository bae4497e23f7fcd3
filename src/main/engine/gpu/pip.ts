import { readdir, readFile, rm } from 'node:fs/promises'
import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { ThawError } from '../../../shared/errors.ts'
import { command } from '../command.ts'
import { environment } from '../environment.ts'
import { makeFolder } from '../files.ts'
import { proxyNow } from '../proxy.ts'
import type { PackList } from './packList.ts'

/** The first pip that answers, as program and arguments. @throws an Error that says how to get one */
export async function findPip(): Promise<{ pip: string[]; version: string }> {
  const candidates = [
    ['python3', '-m', 'pip'],
    ['python', '-m', 'pip'],
    ['py', '-m', 'pip'],
    ['pip3'],
    ['pip'],
  ]
  for (const candidate of candidates) {
    try {
      const said = await run(candidate, ['--version'], { timeout: 60_000 })
      return { pip: candidate, version: /^pip (\S+)/m.exec(said)?.[1] ?? '0' }
    } catch {
      // Not this one.
    }
  }
  throw new Error('pip is not installed (on Debian and Ubuntu: apt-get install python3-pip)')
}

const run = (pip: string[], args: string[], options: { timeout: number; signal?: AbortSignal }) => {
  const proxy = proxyNow()
  return command(pip[0]!, [...pip.slice(1), ...args, '--disable-pip-version-check', '--no-input'], {
    ...options,
    // Not as an argument: everyone on the machine could read the proxy's password there.
    ...(proxy !== undefined && { env: { ...environment(), PIP_PROXY: proxy } }),
  })
}

/** The first pip that tells what it would install in a form for programs (`--report`). */
const firstWithReport = 23
const timeout = 300_000

/** A pip of today, fetched by an older one: a wheel of pip can be run as it is. */
async function newerPip(pip: string[], folder: string, signal: AbortSignal): Promise<string[]> {
  await run(pip, ['download', '--quiet', '--no-deps', '--dest', folder, 'pip'], { timeout, signal })
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  const python = pip[1] === '-m' ? pip[0]! : 'python3'
  if (wheel === undefined) throw new Error('pip is too old, and brought no newer one')
  return [python, path.join(folder, wheel, 'pip')]
}

const Report = z.object({
  install: z.array(
    z.object({ metadata: z.object({ name: z.string() }), download_info: z.object({ url: z.url() }) }),
  ),
})

/** Wheels by name and version, for a version of Python and for platforms; without tags any will do. */
interface Wanted extends Pick<PackList, 'python' | 'tags'> {
  wheels: readonly { package: string; version: string }[]
}

/**
 * The addresses of the wheels. pip is asked, since it knows the person's package index, mirror, proxy and certificates; what it
 * would install is only told, not done. The wheels are fetched afterwards by what can go on with a part of a file.
 * @param staging a folder for files that are needed meanwhile
 * @returns address by package
 * @throws ThawError gpu.no-addresses, cancelled
 */
export async function addressesByPip(
  { wheels, python, tags }: Wanted,
  staging: string,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  await makeFolder(staging)
  const folder = await mkdtemp(path.join(staging, 'pip-'))
  try {
    const found = await findPip()
    const pip =
      Number.parseInt(found.version, 10) < firstWithReport
        ? await newerPip(found.pip, folder, signal)
        : found.pip
    const file = path.join(folder, 'report.json')
    const args = [
      'install',
      '--dry-run',
      '--ignore-installed',
      '--quiet',
      '--no-deps',
      '--only-binary=:all:',
      ...tags.flatMap((tag) => ['--platform', tag]),
      ...['--python-version', python, '--implementation', 'cp'],
      ...['--target', folder, '--report', file],
      ...wheels.map((wheel) => `${wheel.package}==${wheel.version}`),
    ]
    await run(pip, args, { timeout, signal })
    const { install } = Report.parse(JSON.parse(await readFile(file, 'utf8')))
    return new Map(install.map((one) => [one.metadata.name, one.download_info.url]))
  } catch (error) {
    if (signal.aborted) throw new ThawError('cancelled')
    const reason = error instanceof Error ? error.message : String(error)
    throw new ThawError('gpu.no-addresses', { reason: reason.replace(/\.+$/, '') }, { cause: error })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
