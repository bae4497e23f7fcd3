import type { HeifDecoded, HeifHandle, LibHeif } from 'libheif-js/libheif-wasm/libheif-bundle.mjs'
import { ThawError } from '../../../shared/errors.ts'
import type { Admit, Pixels } from './pixels.ts'

let loading: Promise<LibHeif> | undefined

/** libheif as WebAssembly, loaded with the first HEIC photo: most people never need its 2 MB. */
function library(): Promise<LibHeif> {
  loading ??= import('libheif-js/libheif-wasm/libheif-bundle.mjs').then(async ({ default: start }) => {
    const started = start()
    await started.ready
    return started
  })
  return loading
}

/** Copies the rows out of the library's memory: [height, width, 3]. */
function rowsOf(decoded: HeifDecoded): Pixels | undefined {
  const [channel] = decoded.channels
  if (channel === undefined) return undefined
  const { width, height, stride, data: source } = channel
  const row = width * 3
  const data = new Uint8Array(row * height)
  for (let y = 0; y < height; y += 1) data.set(source.subarray(y * stride, y * stride + row), y * row)
  return { data, width, height }
}

async function decodeImage(lib: LibHeif, handle: HeifHandle): Promise<Pixels | undefined> {
  const { heif_colorspace_RGB: rgb } = lib.heif_colorspace
  const { heif_chroma_interleaved_RGB: interleaved } = lib.heif_chroma
  const decoded = await lib.heif_js_decode_image2(handle, rgb, interleaved)
  if (!decoded || decoded.code) return undefined
  try {
    return rowsOf(decoded)
  } finally {
    lib.heif_image_release(decoded.image)
  }
}

async function decodeWith(lib: LibHeif, bytes: Uint8Array, admit: Admit): Promise<Pixels | undefined> {
  const context = lib.heif_context_alloc()
  if (context === null) return undefined
  try {
    if (lib.heif_context_read_from_memory(context, bytes).code !== lib.heif_error_code.heif_error_Ok)
      return undefined
    const handle = lib.heif_js_context_get_primary_image_handle(context)
    if (!handle || handle.code) return undefined
    try {
      await admit(lib.heif_image_handle_get_width(handle), lib.heif_image_handle_get_height(handle))
      return await decodeImage(lib, handle)
    } finally {
      lib.heif_image_handle_release(handle)
    }
  } finally {
    lib.heif_context_free(context)
  }
}

/**
 * Decodes the main picture of a HEIC file; undefined if it holds none that can be decoded.
 *
 * The file's own rotation and mirroring are applied by libheif; an EXIF orientation beside them only repeats them and is
 * not applied again (ISO/IEC 23008-12 puts the file's properties first).
 */
export async function decodeHeic(bytes: Uint8Array, admit: Admit): Promise<Pixels | undefined> {
  const lib = await library()
  try {
    return await decodeWith(lib, bytes, admit)
  } catch (error) {
    if (error instanceof ThawError) throw error
    // An aborted WebAssembly module cannot be trusted with the next photo.
    loading = undefined
    return undefined
  }
}
