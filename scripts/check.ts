/** Every static check, one after the other: `npm run check`. All run even if one fails, so that one look shows all. */
import { spawnSync } from 'node:child_process'

const checks: [name: string, script: string, ...args: string[]][] = [
  ['types', 'node_modules/vue-tsc/bin/vue-tsc.js', '--build'],
  ['lint', 'node_modules/eslint/bin/eslint.js', '.', '--cache', '--cache-location', '.cache/eslint'],
  ['format', 'node_modules/prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn'],
  [
    'imports',
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    'src',
    '--config',
    '.dependency-cruiser.cjs',
  ],
  ['unused', 'node_modules/knip/bin/knip.js'],
]

let failed = 0
for (const [name, ...command] of checks) {
  const started = performance.now()
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (status !== 0) failed += 1
}
process.exitCode = failed ? 1 : 0
