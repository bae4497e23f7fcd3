import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addressesByPip } from '../../../../src/main/engine/gpu/pip.ts'
import { throughProxy } from '../../../../src/main/engine/proxy.ts'
import { fakePack } from '../../../support/fakePack.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const { list } = fakePack()
const place = temporaryFolder()
const never = new AbortController().signal
const ask = (signal = never) => addressesByPip(list, place.path('staging'), signal)

/** A Python whose pip is this shell script. */
async function python(script: string): Promise<void> {
  await mkdir(place.path('bin'), { recursive: true })
  await writeFile(path.join(place.path('bin'), 'python3'), `#!/bin/sh\n${script}\n`)
  await chmod(path.join(place.path('bin'), 'python3'), 0o755)
}

/** Writes the report of a pip that would install TensorFlow, to the file behind `--report`. */
const report = `
while [ $# -gt 0 ]; do [ "$1" = --report ] && report=$2; shift; done
echo '{"version": "1", "install": [{"metadata": {"name": "tensorflow", "version": "2.21.0"}, "download_info": {"url": "https://wheels.example/tensorflow.whl"}}]}' > "$report"`

beforeEach(() => {
  vi.stubEnv('PATH', place.path('bin'))
})
afterEach(() => vi.unstubAllEnvs())

describe('asking pip for addresses', () => {
  it('gives what pip would fetch', async () => {
    await python(`[ "$3" = --version ] && echo 'pip 25.3 from /usr/lib (python 3.11)' && exit 0\n${report}`)
    expect(await ask()).toEqual(new Map([['tensorflow', 'https://wheels.example/tensorflow.whl']]))
  })

  it('lets a pip that is too old fetch a newer one', async () => {
    await python(`
      [ "$3" = --version ] && echo 'pip 22.0.2 from /usr/lib (python 3.10)' && exit 0
      if [ "$3" = download ]; then
        while [ $# -gt 0 ]; do [ "$1" = --dest ] && folder=$2; shift; done
        : > "$folder/pip-25.3-py3-none-any.whl"
        exit 0
      fi
      case "$1" in */pip-25.3-py3-none-any.whl/pip) ;; *) echo "no such option: --report"; exit 2;; esac
      ${report}`)
    expect([...(await ask()).keys()]).toEqual(['tensorflow'])
  })

  it('goes through the proxy of the settings, which stands in no list of processes', async () => {
    await python(`[ "$3" = --version ] && echo 'pip 25.3' && exit 0
      case "$*" in *secret*) echo 'it can be seen' >&2; exit 1;; esac
      echo "error: by $PIP_PROXY" >&2; exit 1`)
    const proxy = 'http://kim:secret@127.0.0.1:9'
    await expect(throughProxy(proxy, () => ask())).rejects.toMatchObject({
      parameters: { reason: `error: by ${proxy}` },
    })
    await expect(ask()).rejects.toMatchObject({ parameters: { reason: 'error: by' } })
  })

  it('tells what pip said where it does not know', async () => {
    await python(`[ "$3" = --version ] && echo 'pip 25.3' && exit 0
      echo 'ERROR: No matching distribution found for tensorflow==2.21.0' >&2; exit 1`)
    await expect(ask()).rejects.toMatchObject({
      code: 'gpu.no-addresses',
      parameters: { reason: 'ERROR: No matching distribution found for tensorflow==2.21.0' },
    })
  })

  it('says how to get pip where there is none', async () => {
    vi.stubEnv('PATH', place.path('empty'))
    const error = await ask().catch((thrown: unknown) => thrown)
    expect(String(error)).toMatch(/pip is not installed/)
  })

  it('can be cancelled', async () => {
    await python(`[ "$3" = --version ] && echo 'pip 25.3' && exit 0\n/bin/sleep 20; exit 1`)
    const began = performance.now()
    await expect(ask(AbortSignal.timeout(300))).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})
