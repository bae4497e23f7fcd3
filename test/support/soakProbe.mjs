/**
 * Loaded into the server's process (NODE_OPTIONS=--import): at a signal it collects its garbage and tells how much memory it holds. Without
 * that, what is seen is how long V8 puts off collecting.
 */
import { writeFileSync } from 'node:fs'
import v8 from 'node:v8'
import vm from 'node:vm'

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc')

process.on('SIGUSR2', () => {
  collect()
  const { rss, heapUsed, external } = process.memoryUsage()
  writeFileSync(
    `${process.env.SOAK_PROBE}-${process.pid}`,
    JSON.stringify({ rss, held: heapUsed + external }),
  )
})
