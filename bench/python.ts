import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** torchvision is built for one torch; without its dependencies pip leaves ours in place. timm has the EfficientNet-Lites. */
const installs = [
  ['torch==2.13.0', 'numpy', 'pillow', 'pyyaml', 'safetensors', 'huggingface_hub', 'onnxruntime'],
  ['--no-deps', 'torchvision==0.29.1', 'timm==1.0.31'],
]

/**
 * A Python with PyTorch: the one that THAW_BENCH_PYTHON names, else a throw-away virtual environment in `folder`.
 * @throws if there is no Python or pip cannot install
 */
export async function pythonWithTorch(folder: string): Promise<string> {
  const named = process.env['THAW_BENCH_PYTHON']
  if (named) return named
  const environment = path.join(folder, 'torch')
  const python = path.join(
    environment,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  )
  const ready = path.join(environment, 'ready')
  if (existsSync(ready)) return python
  console.error('Installing PyTorch into a throw-away virtual environment …')
  await run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', environment])
  for (const packages of installs) await run(python, ['-m', 'pip', 'install', '--quiet', ...packages])
  await run(python, ['-c', `open(${JSON.stringify(ready)}, 'w')`])
  return python
}

/** Versions of what the peer is made of. */
export async function peerVersions(python: string): Promise<string> {
  const names = ['torch', 'torchvision', 'timm', 'pillow', 'onnxruntime']
  const script = `import platform, importlib.metadata as m; print("Python", platform.python_version(), *(n + " " + m.version(n) for n in ${JSON.stringify(names)}), sep=", ")`
  const { stdout } = await run(python, ['-c', script])
  return stdout.trim().replace('Python, ', 'Python ')
}
