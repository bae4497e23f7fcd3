/**
 * What training photos go through, by the names and parameters of torchvision.transforms.v2. The table of transforms says what there is
 * to know of a parameter: what may stand there, what stands there by default, and how far its slider reaches.
 */
import { z } from 'zod'
import { ThawError } from './errors.ts'
import { because } from './reasons.ts'
import type { ReasonCode } from './reasons.ts'

type Level = number | [number, number, number]
type NumberOrRange = number | [number, number]

export interface ParameterSpec<T = unknown> {
  schema: z.ZodType<T>
  /** What is said where a value does not fit, with `least` and `most`. */
  wanted: ReasonCode
  /** What may be, and how far a slider reaches; none of these where it is no number. */
  least: number
  most: number
  reach: number
  step: number
  /** What a transform has that is added in the window. */
  start: T
}

interface Bounds {
  least: number
  most: number
  reach?: number
  step?: number
}

const spec = <T>(
  wanted: ReasonCode,
  schema: z.ZodType<T>,
  start: T,
  { least, most, reach = most, step = 0.05 }: Bounds = { least: 0, most: 0 },
): ParameterSpec<T> => ({ schema, wanted, least, most, reach, step, start })

const number = (byDefault: number, bounds: Bounds): ParameterSpec<number> =>
  spec('augment-number', z.number().min(bounds.least).max(bounds.most).default(byDefault), byDefault, bounds)

const share = (byDefault: number) => number(byDefault, { least: 0, most: 1 })

function rising({ least, most }: Bounds): z.ZodType<[number, number], [number, number]> {
  const bound = z.number().min(least).max(most)
  return z.tuple([bound, bound]).refine(([from, to]) => from <= to)
}

/** Two numbers between which is drawn. */
const range = (byDefault: [number, number], bounds: Bounds): ParameterSpec<[number, number]> =>
  spec('augment-range', rising(bounds).default(byDefault), byDefault, { step: 0.01, ...bounds })

/** A number, of which torchvision makes a range, or the range itself. Without a default it must be given. */
function numberOrRange(
  start: NumberOrRange,
  bounds: Bounds,
  byDefault?: NumberOrRange,
): ParameterSpec<NumberOrRange> {
  const either = z.union([z.number().min(Math.max(0, bounds.least)).max(bounds.most), rising(bounds)])
  const schema = byDefault === undefined ? either : either.default(byDefault)
  return spec('augment-number-or-range', schema, start, bounds)
}

const sizes: Bounds = { least: 1, most: 255, reach: 31, step: 2 }
const oddSize = (start: number): ParameterSpec<NumberOrRange> => {
  const odd = z
    .int()
    .min(sizes.least)
    .max(sizes.most)
    .refine((size) => size % 2 === 1)
  return spec('augment-odd', z.union([odd, z.tuple([odd, odd])]), start, sizes)
}

const level = z.int().min(0).max(255)
/** A level for all three channels, or red, green and blue. */
const colour: ParameterSpec<Level> = spec(
  'augment-colour',
  z.union([level, z.tuple([level, level, level])]).default(0),
  0,
  { least: 0, most: 255, step: 1 },
)

export const interpolations = ['nearest', 'bilinear', 'bicubic'] as const
export type TurnInterpolation = (typeof interpolations)[number]
const interpolation: ParameterSpec<TurnInterpolation> = spec(
  'augment-interpolation',
  z.enum(interpolations).default('nearest'),
  'bilinear',
)

/** How often a transform is applied that has no `p` in torchvision: as RandomApply([…], p) does. */
const applied = share(1)
/** ColorJitter leaves alone what is not named. */
const jitter: ParameterSpec<NumberOrRange> = numberOrRange(0.2, { least: 0, most: 10, reach: 1 }, 0)

/** Every transform with its parameters; defaults are torchvision's. */
export const transforms = {
  RandomResizedCrop: {
    scale: range([0.08, 1], { least: 0.01, most: 1 }),
    ratio: range([3 / 4, 4 / 3], { least: 0.1, most: 10, reach: 4 }),
  },
  RandomHorizontalFlip: { p: share(0.5) },
  RandomVerticalFlip: { p: share(0.5) },
  RandomRotation: {
    degrees: numberOrRange(10, { least: -360, most: 360, reach: 180, step: 1 }),
    interpolation,
    expand: spec('augment-boolean', z.boolean().default(false), false),
    center: spec(
      'augment-point',
      z.tuple([z.number(), z.number()]).nullable().default(null) as z.ZodType<[number, number] | null>,
      null,
    ),
    fill: colour,
    p: applied,
  },
  ColorJitter: {
    brightness: jitter,
    contrast: jitter,
    saturation: jitter,
    hue: numberOrRange(0.02, { least: -0.5, most: 0.5, step: 0.01 }, 0),
    p: applied,
  },
  RandomGrayscale: { p: share(0.1) },
  GaussianBlur: {
    kernel_size: oddSize(9),
    sigma: numberOrRange([0.1, 2], { least: 0.01, most: 50, reach: 5 }, [0.1, 2]),
    p: applied,
  },
  TrivialAugmentWide: {
    num_magnitude_bins: spec('augment-whole', z.int().min(2).max(1000).default(31), 31, {
      least: 2,
      most: 1000,
      reach: 61,
      step: 1,
    }),
    interpolation,
    fill: colour,
    p: applied,
  },
  RandomErasing: {
    p: share(0.5),
    scale: range([0.02, 0.33], { least: 0, most: 1 }),
    ratio: range([0.3, 3.3], { least: 0.1, most: 10, reach: 4, step: 0.1 }),
    value: colour,
  },
}

export type TransformName = keyof typeof transforms
export const transformNames = Object.keys(transforms) as TransformName[]

type ParametersOf<N extends TransformName> = {
  -readonly [P in keyof (typeof transforms)[N]]: (typeof transforms)[N][P] extends ParameterSpec<infer T>
    ? T
    : never
}
export type TransformOf<N extends TransformName> = { name: N } & ParametersOf<N>
export type Transform = { [N in TransformName]: TransformOf<N> }[TransformName]

/** What may be known of a transform's parameters without knowing which transform it is. */
export const parametersOf = (name: TransformName): Readonly<Record<string, ParameterSpec>> => transforms[name]

const schemaOf = (name: TransformName) =>
  z.strictObject({
    name: z.literal(name),
    ...Object.fromEntries(Object.entries(parametersOf(name)).map(([key, { schema }]) => [key, schema])),
  })
const [first, ...others] = transformNames.map(schemaOf)
const Transform = z.discriminatedUnion('name', [first!, ...others]) as unknown as z.ZodType<Transform>

/** How many fixed views a photo may have. */
export const mostViews = 64
const mostTransforms = 32

/** Transforms in their order; with `views`, so many views of a photo are drawn once and taken in turn. */
const OwnAugmentation = z.strictObject({
  transforms: z
    .array(Transform)
    .max(mostTransforms)
    .superRefine((list, context) => {
      const reason = misfitOf(list)
      if (reason) context.addIssue({ code: 'custom', message: reason })
    }),
  views: z.int().min(1).max(mostViews).optional(),
})

/** What does not fit in the order of transforms: a photo is cut once, and after that it stays the square that the network takes. */
function misfitOf(list: readonly Transform[]): ReasonCode | undefined {
  const crops = list.flatMap(({ name }, index) => (name === 'RandomResizedCrop' ? [index] : []))
  if (crops.length > 1) return 'augment-two-crops'
  const grows = list.findLastIndex((it) => it.name === 'RandomRotation' && it.expand)
  return grows > (crops[0] ?? -1) ? 'augment-expand' : undefined
}

const choices = `one of recipe, light, strong, none, views:K with K from 1 to ${mostViews}, or transforms is wanted`

/**
 * What training photos go through instead of the evaluation's resize and crop.
 * - `recipe`: RandomResizedCrop(crop, scale .5–1, ratio 3/4–4/3) and a horizontal flip, drawn anew each epoch
 * - `light`, `strong`: see `presets`; also drawn anew each epoch
 * - `none`: the evaluation view
 * - `views:K`: a bank of K views a photo, drawn once as in `recipe`; epoch e takes view (e − 1) mod K
 * - transforms written out, in their order
 */
export const Augmentation = z.union(
  [
    z.enum(['recipe', 'light', 'strong', 'none']),
    z.templateLiteral(['views:', z.int()]).refine((text) => {
      const views = Number(text.slice('views:'.length))
      return views >= 1 && views <= mostViews
    }, choices),
    OwnAugmentation,
  ],
  { error: choices },
)
export type Augmentation = z.infer<typeof Augmentation>

export const presetNames = ['recipe', 'light', 'strong', 'none'] as const
export type AugmentationPreset = (typeof presetNames)[number]
export const isPreset = (value: unknown): value is AugmentationPreset =>
  (presetNames as readonly unknown[]).includes(value)

const preset = (list: (Partial<Transform> & { name: TransformName })[]): readonly Transform[] =>
  z.array(Transform).parse(list)

/** What the presets are made of. A run keeps a preset by its name, so what is here must stay as it is. */
export const presets: Record<AugmentationPreset, readonly Transform[]> = {
  recipe: preset([{ name: 'RandomResizedCrop', scale: [0.5, 1] }, { name: 'RandomHorizontalFlip' }]),
  light: preset([
    { name: 'RandomResizedCrop', scale: [0.7, 1] },
    { name: 'RandomHorizontalFlip' },
    { name: 'ColorJitter', brightness: 0.15, contrast: 0.15, saturation: 0.15 },
  ]),
  strong: preset([
    { name: 'RandomResizedCrop', scale: [0.25, 1] },
    { name: 'RandomHorizontalFlip' },
    { name: 'TrivialAugmentWide', interpolation: 'bilinear' },
    { name: 'RandomGrayscale', p: 0.1 },
    { name: 'GaussianBlur', kernel_size: 9, sigma: [0.1, 2], p: 0.2 },
    { name: 'RandomErasing', p: 0.25 },
  ]),
  none: [],
}

/** The transforms of an augmentation, in their order; none where training sees what the evaluation sees. */
export function transformsOf(augmentation: Augmentation): readonly Transform[] {
  if (typeof augmentation !== 'string') return augmentation.transforms
  return isPreset(augmentation) ? presets[augmentation] : presets.recipe
}

/** How many fixed views a photo has: 1 where nothing is drawn, K for `views:K`, undefined where each epoch draws anew. */
export function viewsOf(augmentation: Augmentation): number | undefined {
  if (transformsOf(augmentation).length === 0) return 1
  if (typeof augmentation !== 'string') return augmentation.views
  return augmentation.startsWith('views:') ? Number(augmentation.slice('views:'.length)) : undefined
}

const told = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value))

/** Why one entry of a list of transforms cannot be read. */
function entryError(entry: unknown, issue: z.core.$ZodIssue): ThawError {
  const name = (entry as { name?: unknown } | null)?.name
  if (typeof name !== 'string' || !Object.hasOwn(transforms, name))
    return new ThawError('augmentation.unknown', {
      name: typeof name === 'string' ? name : told(entry),
      known: transformNames.join(', '),
    })
  const specs = parametersOf(name as TransformName)
  if (issue.code === 'unrecognized_keys')
    return new ThawError('augmentation.parameter', {
      transform: name,
      parameter: issue.keys[0]!,
      known: Object.keys(specs).join(', '),
    })
  const parameter = String(issue.path[0])
  const { wanted, least, most } = specs[parameter]!
  const given = told((entry as Record<string, unknown>)[parameter])
  return new ThawError('augmentation.value', {
    ...{ transform: name, parameter, given },
    ...because(wanted, { least, most }),
  })
}

/**
 * Reads an augmentation from parsed JSON: a preset's name, `views:K`, a list of transforms, or `{ transforms, views }`.
 * @throws ThawError augmentation.unknown, augmentation.parameter, augmentation.value, augmentation.invalid
 */
export function parseAugmentation(value: unknown): Augmentation {
  if (typeof value === 'string') {
    const named = Augmentation.safeParse(value)
    if (named.success) return named.data
    throw new ThawError('augmentation.unknown', { name: value, known: `${presetNames.join(', ')}, views:K` })
  }
  const own: unknown = Array.isArray(value) ? { transforms: value as unknown[] } : value
  const list = (own as { transforms?: unknown } | null)?.transforms
  if (!Array.isArray(list)) throw new ThawError('augmentation.invalid', because('augment-no-list'))
  for (const entry of list as unknown[]) {
    const parsed = Transform.safeParse(entry)
    if (!parsed.success) throw entryError(entry, parsed.error.issues[0]!)
  }
  const parsed = OwnAugmentation.safeParse(own)
  if (parsed.success) return parsed.data
  const { code, message, path } = parsed.error.issues[0]!
  const reason = code === 'custom' ? (message as ReasonCode) : `${path.join('.') || '{}'}: ${message}`
  throw new ThawError('augmentation.invalid', { reason })
}
