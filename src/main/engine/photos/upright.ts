import type { Metadata, Sharp } from 'sharp'

/** How XMP tells the orientation, as an attribute or as an element: the pattern that Pillow looks for. */
const orientationInXmp = /tiff:Orientation(?:="|>)([1-8])/

/** What makes a picture of each orientation upright (EXIF 2.32, tag 274). sharp mirrors before it turns. */
const turns: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  2: (image) => image.flop(),
  3: (image) => image.rotate(180),
  4: (image) => image.flip(),
  5: (image) => image.flop().rotate(270),
  6: (image) => image.rotate(90),
  7: (image) => image.flop().rotate(90),
  8: (image) => image.rotate(270),
}

/** 1 to 8: by EXIF, else by XMP. */
export function orientationOf({ orientation, xmpAsString }: Metadata): number {
  return orientation ?? Number(orientationInXmp.exec(xmpAsString ?? '')?.[1] ?? 1)
}

/** The size of the upright picture: from 5 on, orientations lay it on its side. */
export function uprightSize(metadata: Metadata): { width: number; height: number } {
  const { width, height } = metadata
  return orientationOf(metadata) >= 5 ? { width: height, height: width } : { width, height }
}

/** A picture that lies as a photo of this orientation does, upright. */
export const turned = (image: Sharp, photo: Metadata): Sharp => turns[orientationOf(photo)]?.(image) ?? image

/** Turns a picture upright: by the orientation in EXIF, else by that in XMP, as Pillow's exif_transpose does. */
export function upright(image: Sharp, { orientation, xmpAsString }: Metadata): Sharp {
  const told = orientation === undefined && orientationInXmp.exec(xmpAsString ?? '')?.[1]
  const turn = told ? turns[told] : undefined
  return turn ? turn(image) : image.autoOrient()
}
