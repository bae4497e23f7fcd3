// Starts everything under Node 24: in this process if it is one, else by the binary of the platform package.
// Plain JavaScript and only old syntax, since any Node from 18 on may run it.
// (npm 11 links that package's binary into node_modules/.bin, npm 10 does not: so it is started by its path.)
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const wanted = 24

function platformNode() {
  const name = 'node-' + (process.platform === 'win32' ? 'win' : process.platform) + '-' + process.arch
  const path = join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(path) ? path : undefined
}

/**
 * A launcher that was killed outright could hand nothing on: then its channel closes, and this process ends as if it had
 * been asked to (a training run writes its checkpoint first).
 */
function endWithLauncher() {
  const launcher = process.env.THAW_LAUNCHER
  if (!launcher) return
  // What this process starts itself has no launcher.
  delete process.env.THAW_LAUNCHER
  // It ended before this process could look: nobody would ever end this one.
  if (launcher !== String(process.ppid) || !process.channel) return process.kill(process.pid, 'SIGTERM')
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}

const [script, ...rest] = process.argv.slice(2)
if (!script) {
  console.error('usage: node scripts/node24.mjs SCRIPT [ARGUMENTS]')
  process.exit(2)
}
// Node warns about what it deems experimental (SQLite, type stripping); a person who runs Thaw can do nothing about it.
const flags = ['--disable-warning=ExperimentalWarning']
const path = resolve(script)
const suited = Number(process.versions.node.split('.')[0]) === wanted
if (suited && flags.every((flag) => process.execArgv.includes(flag))) {
  process.argv.splice(1, 2, path)
  endWithLauncher()
  await import(pathToFileURL(path).href)
} else {
  const node = suited ? process.execPath : platformNode()
  if (!node) {
    console.error(
      `Thaw needs Node ${wanted}; this is ${process.version}, and no package of it is installed for ${process.platform}-${process.arch}.\n` +
        `Run "npm install" here, or start Thaw with Node ${wanted}.`,
    )
    process.exit(3)
  }
  // The child answers a signal (it writes a checkpoint first); this process only hands it on and waits. From a terminal
  // the child gets an interrupt twice, once from the terminal and once from here: it takes two at once for one. It listens
  // before the child is there: a signal in between would end this process alone.
  const handedOn = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of handedOn) process.on(signal, () => child.kill(signal))
  const child = spawn(node, [...flags, fileURLToPath(import.meta.url), path, ...rest], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // The first as in src/main/host/largePages.ts, which Nodes that know no TypeScript cannot read.
    env: { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1', ...process.env, THAW_LAUNCHER: String(process.pid) },
  })
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1)
    // One that ended before it could answer: this process ends likewise. Its own listeners would take the signal, and it would
    // end as if all were well.
    for (const one of handedOn) process.removeAllListeners(one)
    process.kill(process.pid, signal)
  })
}
