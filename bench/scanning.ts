/**
 * `node scripts/node24.mjs bench/scanning.ts [small|large|prepare]`: how many photos a second a scan looks at and makes thumbnails of:
 * 2,000 of 640 × 480, 300 of 4000 × 3000, from the call to its end, threads started by it included. Photos are made once, into the
 * system's folder of temporary files. One JSON object a row; processor time is all threads'.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { scanFolder } from '../src/main/engine/datasets/scan.ts'
import { enter } from '../src/main/engine/environment.ts'
import { pictures } from './photos.ts'

enter(process.env)

const sizes = {
  small: { count: 2000, width: 640, height: 480 },
  large: { count: 300, width: 4000, height: 3000 },
}
const asked = process.argv[2]
const home = await mkdtemp(path.join(os.tmpdir(), 'thaw-bench-'))
try {
  for (const [name, { count, width, height }] of Object.entries(sizes)) {
    if (asked !== undefined && asked !== 'prepare' && asked !== name) continue
    const place = path.join(os.tmpdir(), 'thaw-bench', `pictures-${count}-${width}x${height}`)
    const folder = await pictures(count, { width, height }, place)
    if (asked === 'prepare') continue
    const thumbnailOf = ({ path: file }: { path: string }) => ({
      file: path.join(home, 'thumbnails', name, `${file.replace('/', '-')}.jpg`),
      size: 192,
    })
    const [from, before] = [performance.now(), process.cpuUsage()]
    await scanFolder(folder, { seed: 1, thumbnailOf, cacheFolder: path.join(home, 'scans') })
    const seconds = (performance.now() - from) / 1000
    const { user, system } = process.cpuUsage(before)
    const processorMs = Number(((user + system) / 1000 / count).toFixed(2))
    console.log(
      JSON.stringify({
        work: `scan and thumbnails, ${width} × ${height}`,
        photos: count,
        photosPerSecond: Math.round(count / seconds),
        processorMs,
      }),
    )
  }
} finally {
  await rm(home, { recursive: true, force: true })
}
