import path from 'node:path'
import { isPhotoName, isRawName } from '../../../shared/photoFiles.ts'

/** The part of a path before its extension. */
export const withoutExtension = (file: string): string =>
  file.slice(0, file.length - path.extname(file).length)

/** The endings of sidecars: some cameras' programs write `PHOTO.XMP`, as they name the photo `PHOTO.CR2`. */
const endings = ['.xmp', '.XMP']

export const isSidecarName = (name: string): boolean => endings.some((ending) => name.endsWith(ending))

/**
 * Where programs keep what they know of a photo: digiKam's and darktable's `photo.jpg.xmp`, or Adobe's `photo.xmp`. Of several the first
 * counts. On a disk that does not tell cases apart two of these are one file.
 */
export const sidecarsOf = (photo: string): readonly string[] =>
  [photo, withoutExtension(photo)].flatMap((stem) => endings.map((ending) => stem + ending))

/**
 * How names of other files end, lower case, that belong to the photo of the same name: edits of Apple's Photos, settings of RAW programs
 * (darktable, Lightroom, DxO, RawTherapee, ART).
 */
const settingsExtensions = ['.xmp', '.aae', '.dop', '.pp3', '.arp']
/** Likewise what was recorded with it: the clip of a Live Photo, or a camera's spoken note. */
const recordedExtensions = ['.mov', '.mp4', '.wav']

/** Of photos of one name the one that the others were made from: what lies beside them under that name alone belongs to it. */
function originality(photo: string): number {
  if (isRawName(photo)) return 2
  return ['.heic', '.heif'].includes(path.extname(photo).toLowerCase()) ? 1 : 0
}

/** What lies beside photos of one folder and belongs to them: sidecars, clips of Live Photos, spoken notes. */
export class Companions {
  /** Names, by the stems that they may have in common with a photo. */
  private readonly byStem: ReadonlyMap<string, readonly string[]>
  private readonly recorded: boolean

  /** @param recorded whether clips and notes count */
  constructor(names: readonly string[], { recorded }: { recorded: boolean }) {
    this.recorded = recorded
    this.byStem = Map.groupBy(names, withoutExtension)
  }

  /**
   * Names of what belongs to a photo, `photo.mov` or `photo.jpg.xmp`, each with what stands behind the photo's own name without its
   * extension. Of a camera's pair what is named `photo.xmp` or `photo.mov` tells of the RAW file, or of the HEIC file where there is none.
   */
  of(photo: string): { name: string; ending: string }[] {
    const stem = withoutExtension(photo)
    const named = this.byStem.get(stem) ?? []
    const isOriginal = named.every((name) => !isPhotoName(name) || originality(name) <= originality(photo))
    return [...(this.byStem.get(photo) ?? []), ...(isOriginal ? named : [])]
      .filter((name) => this.isCompanion(name))
      .map((name) => ({ name, ending: name.slice(stem.length) }))
  }

  private isCompanion(name: string): boolean {
    const extension = path.extname(name).toLowerCase()
    return settingsExtensions.includes(extension) || (this.recorded && recordedExtensions.includes(extension))
  }
}
