import type { PhotoBox } from '../../../shared/dataset.ts'

/** A decoded photo: red, green, blue, one byte each, rows from the top: [height, width, 3]. */
export interface Pixels {
  data: Uint8Array
  width: number
  height: number
}

/**
 * Gives memory back at once, of bytes that nobody reads any more and that have it to themselves. Left to the garbage collector, what
 * photos were decoded from and into made it go through the whole heap every forty photos.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffer.detached)
    buffer.transfer(0)
}

/** Is told a photo's size before memory is taken for it; may throw, or wait for the memory. */
export type Admit = (width: number, height: number) => Promise<void>

/** a · b / 255, rounded, without dividing: Pillow's MULDIV255 (src/libImaging/ImagingUtils.h). */
function share(a: number, b: number): number {
  const product = a * b + 128
  return ((product >> 8) + product) >> 8
}

/**
 * Ink to light as Pillow's `convert("RGB")` does it (cmyk2rgb in src/libImaging/Convert.c), without a colour profile:
 * white − black, less the share that the coloured ink takes. [height, width, 4] to [height, width, 3].
 */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3)
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const light = 255 - cmyk[from + 3]!
    rgb[to] = light - share(cmyk[from]!, light)
    rgb[to + 1] = light - share(cmyk[from + 1]!, light)
    rgb[to + 2] = light - share(cmyk[from + 2]!, light)
  }
  return rgb
}

/** A box rounded to whole pixels and kept within the photo: at least one pixel. */
export function boxOf({ width, height }: Pick<Pixels, 'width' | 'height'>, box: PhotoBox): PhotoBox {
  const within = (value: number, most: number) => Math.min(Math.max(Math.round(value), 0), most)
  const left = within(box.left, width - 1)
  const top = within(box.top, height - 1)
  const right = within(box.left + box.width, width)
  const bottom = within(box.top + box.height, height)
  return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) }
}

/** The part of a photo that lies in a box, see `boxOf`. */
export function cutOut({ data, width, height }: Pixels, box: PhotoBox): Pixels {
  const { left, top, width: w, height: h } = boxOf({ width, height }, box)
  const cut = new Uint8Array(w * h * 3)
  for (let y = 0; y < h; y += 1) {
    const from = ((top + y) * width + left) * 3
    cut.set(data.subarray(from, from + w * 3), y * w * 3)
  }
  return { data: cut, width: w, height: h }
}
