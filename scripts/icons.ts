/**
 * `node scripts/node24.mjs scripts/icons.ts`: draws the app's icon in all sizes into assets/, from the same mark as the page's. Run
 * when the mark changes; the pictures are part of the checkout, since packaging has no other use for sharp.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { root } from './build/targets.ts'

const sizes = [16, 24, 32, 48, 64, 128, 256, 512] as const
/** electron-builder makes Windows' and macOS' formats of one this large. */
const largest = 1024

/** The mark on a plate: on a dark taskbar thin lines alone cannot be seen. */
async function plate(): Promise<string> {
  const mark = await readFile(join(root, 'src', 'renderer', 'public', 'icon.svg'), 'utf8')
  const lines = mark.slice(mark.indexOf('>') + 1, mark.lastIndexOf('</svg>'))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
    <rect x="1" y="1" width="30" height="30" rx="7" fill="#f5f7f9" stroke="#c9d2db" stroke-width=".5"/>
    <g transform="translate(4 4)" fill="none" stroke="#4a6076" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${lines}</g>
  </svg>`
}

const svg = Buffer.from(await plate())
const drawn = (size: number) =>
  sharp(svg, { density: (72 * size) / 32 })
    .resize(size, size)
    .png()
    .toBuffer()
const folder = join(root, 'assets', 'icons')
await mkdir(folder, { recursive: true })
for (const size of sizes) await writeFile(join(folder, `${size}x${size}.png`), await drawn(size))
await writeFile(join(root, 'assets', 'icon.png'), await drawn(largest))
