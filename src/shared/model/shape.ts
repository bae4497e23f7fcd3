/** A map of channels, rows and columns. */
export type MapShape = readonly [channels: number, height: number, width: number]
export type TokensShape = readonly [tokens: number, channels: number]
export type RowShape = readonly [features: number]

/** What a layer hands on, for one photo, in PyTorch's order. */
export type Shape = MapShape | TokensShape | RowShape

export type Form = 'map' | 'tokens' | 'row'

export const formOf = (shape: Shape): Form => (['row', 'tokens', 'map'] as const)[shape.length - 1]!

/** Numbers of one place: channels of a map or of a token, or the row's length. */
export const channelsOf = (shape: Shape): number => (shape.length === 2 ? shape[1] : shape[0])

/** The same with other channels. */
export function withChannels(shape: Shape, channels: number): Shape {
  if (shape.length === 3) return [channels, shape[1], shape[2]]
  return shape.length === 2 ? [shape[0], channels] : [channels]
}

/** How many numbers a tensor of this shape holds. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
