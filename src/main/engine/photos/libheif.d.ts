/**
 * The part of libheif-js that is used: libheif's own C functions, bound by embind. The package's HeifDecoder on top of them
 * is avoided, since it prints to standard output and frees neither its contexts nor what they hold.
 */
declare module 'libheif-js/libheif-wasm/libheif-bundle.mjs' {
  /** Opaque pointers. */
  export interface HeifContext {
    readonly context: unique symbol
  }
  export interface HeifHandle {
    readonly handle: unique symbol
    readonly code?: never
  }
  export interface HeifImage {
    readonly image: unique symbol
  }
  /** `code` is an object of its own for each kind of failure. */
  export interface HeifError {
    code: object
    message: string
  }
  export interface HeifDecoded {
    image: HeifImage
    code?: never
    /** One for interleaved pixels; its rows are `stride` bytes apart, in the library's memory. */
    channels: { id: object; width: number; height: number; stride: number; data: Uint8Array }[]
  }
  export interface LibHeif {
    ready: Promise<unknown>
    heif_error_code: { heif_error_Ok: object }
    heif_colorspace: { heif_colorspace_RGB: object }
    heif_chroma: { heif_chroma_interleaved_RGB: object }
    heif_context_alloc(): HeifContext | null
    heif_context_read_from_memory(context: HeifContext, file: Uint8Array): HeifError
    heif_context_free(context: HeifContext): void
    heif_js_context_get_primary_image_handle(context: HeifContext): HeifHandle | HeifError | undefined
    heif_image_handle_get_width(handle: HeifHandle): number
    heif_image_handle_get_height(handle: HeifHandle): number
    heif_image_handle_release(handle: HeifHandle): void
    heif_js_decode_image2(
      handle: HeifHandle,
      colorspace: object,
      chroma: object,
    ): Promise<HeifDecoded | HeifError | undefined> | HeifDecoded | HeifError | undefined
    heif_image_release(image: HeifImage): void
  }
  export default function libheif(): LibHeif
}
