import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nativeBackend } from '../../src/main/engine/backend/native.ts'
import { openBackend } from '../../src/main/engine/backend/open.ts'
import { nativeAddon, ownKernels } from '../../src/main/engine/backend/vendor.ts'
import type { Backend } from '../../src/main/engine/backend/types.ts'
import { createExecutor } from '../../src/main/engine/backend/kernels/execute.ts'
import type { NativeBackend } from '../../src/main/engine/backend/kernels/execute.ts'
import type { ConvOptions, Kernels, Window } from '../../src/main/engine/backend/kernels/kernels.ts'
import { nativeKernels } from '../../src/main/engine/backend/kernels/native.ts'
import { createOneDnn } from '../../src/main/engine/backend/kernels/onednn.ts'
import { portableKernels } from '../../src/main/engine/backend/kernels/portable.ts'
import { createProcessor } from '../../src/main/engine/backend/kernels/processor.ts'
import { createWinograd, suitsWinograd } from '../../src/main/engine/backend/kernels/winograd.ts'
import { tf } from '../../src/main/engine/backend/tf.ts'
import type { Tensor } from '../../src/main/engine/backend/tf.ts'
import { gradientFrom } from '../../src/shared/model/kinds/activation.ts'
import type { Activation } from '../../src/shared/model/spec.ts'
import { randomFor } from '../../src/shared/random.ts'
import { noNative } from '../support/eachBackend.ts'

interface Values {
  shape: number[]
  values: Float32Array
}
type Work = (kernels: Kernels, inputs: Tensor[]) => Tensor[]

/** Of parameters that move together: numbers that fill no register, several pieces of work, and a piece that is not whole. */
const movedShapes = [[7, 9], [16], [3, 3, 64, 80], [1]]

let draws = 0
function drawn(shape: number[], from = -1, to = 1): Values {
  draws += 1
  const random = randomFor(1, 'sample', draws)
  const size = shape.reduce((a, b) => a * b, 1)
  return { shape, values: Float32Array.from({ length: size }, () => from + (to - from) * random.uniform()) }
}

/** Results of `work`, and whether it left a tensor behind. */
function results(kernels: Kernels, work: Work, inputs: Values[]): Values[] {
  const before = tf.memory().numTensors
  const tensors = inputs.map(({ shape, values }) => tf.tensor(values, shape, 'float32'))
  const made = work(kernels, tensors)
  const read = made.map((it) => ({ shape: it.shape, values: it.dataSync() as Float32Array }))
  tf.dispose([...tensors, ...made])
  expect(tf.memory().numTensors).toBe(before)
  return read
}

/** The largest difference as a share of the largest value. */
function difference(ours: Values, theirs: Values): number {
  expect(ours.shape).toEqual(theirs.shape)
  let most = 0
  let largest = 0
  theirs.values.forEach((value, i) => {
    most = Math.max(most, Math.abs(ours.values[i]! - value))
    largest = Math.max(largest, Math.abs(value))
  })
  return most / (largest || 1)
}

/** Every number as it is, signs of zeros too. One that differs is named: a difference of a million numbers takes minutes to print. */
function expectSameBits(ours: readonly Values[], theirs: readonly Values[]): void {
  const firstDifference = ours.map(({ shape, values }, i) => {
    expect(shape).toEqual(theirs[i]!.shape)
    const at = values.findIndex((value, k) => !Object.is(value, theirs[i]!.values[k]))
    return at === -1 ? 'none' : `result ${i}, number ${at}: ${values[at]} and ${theirs[i]!.values[at]}`
  })
  expect(firstDifference).toEqual(theirs.map(() => 'none'))
}

const convolution =
  (how: ConvOptions, inputShape: number[], filterShape: number[]): Work =>
  (kernels, [x, filter, bias, dy]) => [
    kernels.conv(x!, filter!, bias!, how),
    kernels.convInputGradient(dy!, filter!, inputShape, how),
    kernels.convFilterGradient(dy!, x!, filterShape, how),
  ]

/** Every window that the networks' convolutions have, and those without zeros around the map, on even and odd maps; channels are fewer. */
const windows: [name: string, size: number, kernel: number, window: Window][] = []
for (const size of [8, 9])
  for (const [kernel, stride, depthwise] of [
    [3, 1, false],
    [3, 2, false],
    [1, 1, false],
    [3, 1, true],
    [3, 2, true],
    [5, 1, true],
    [5, 2, true],
  ] as const) {
    const paddings = new Set(stride === 1 ? [(kernel - 1) / 2, 0] : (['same', (kernel - 1) / 2] as const))
    for (const padding of paddings)
      windows.push([
        `${depthwise ? 'depthwise ' : ''}${kernel}×${kernel}, stride ${stride}, padding ${padding}, on ${size}×${size}`,
        size,
        kernel,
        { stride, padding, depthwise },
      ])
  }

function convolutionInputs(batch: number, size: number, [rows, , from, to]: number[], how: Window): Values[] {
  const out = how.depthwise ? from! : to!
  const padding = how.padding === 'same' ? null : how.padding
  const side =
    padding === null
      ? Math.ceil(size / how.stride)
      : Math.floor((size + 2 * padding - rows!) / how.stride) + 1
  return [
    drawn([batch, size, size, from!]),
    drawn([rows!, rows!, from!, to!]),
    drawn([out]),
    drawn([batch, side, side, out]),
  ]
}

const window = { kernel: 2, stride: 2, padding: 0 }

interface AttentionCase {
  name: string
  tokens: number
  heads: number
  width: number
  /** How far queries and keys are from 0, each to its side. */
  apart?: number
  /** The token whose key is far larger than the others, of one head. */
  loud?: number
}

const others: [name: string, inputs: () => Values[], work: Work][] = [
  ...[4, 5, 7].flatMap((size): [string, () => Values[], Work][] => {
    const half = Math.floor(size / 2)
    const work: Work = (kernels, [x, dy]) => {
      const { y, saved } = kernels.maxPool(x!, window)
      const dx = kernels.maxPoolGradient(dy!, x!.shape, saved, window)
      tf.dispose(saved)
      return [y, dx]
    }
    const gradient = () => drawn([2, half, half, 3])
    return [
      [`max pooling of ${size}×${size}`, () => [drawn([2, size, size, 3]), gradient()], work],
      [
        `max pooling of ${size}×${size} negative numbers`,
        () => [drawn([2, size, size, 3], -2, -1), gradient()],
        work,
      ],
      [
        `max pooling of ${size}×${size} zeros, of which the first counts`,
        () => [drawn([2, size, size, 3], 0, 0), gradient()],
        work,
      ],
    ]
  }),
  ...[1, 7].map((size): [string, () => Values[], Work] => [
    `average pooling of 14×14 to ${size}×${size}`,
    () => [drawn([2, 14, 14, 3]), drawn([2, size, size, 3])],
    (kernels, [x, dy]) => [kernels.averagePool(x!, size), kernels.averagePoolGradient(dy!, [2, 14, 14, 3])],
  ]),
  ...[
    { name: 'rows of a photo at a time', batch: 2, size: 70, stride: 1 },
    { name: 'some photos at a time', batch: 5, size: 30, stride: 1 },
    { name: 'rows of a photo at a time, stride 2', batch: 1, size: 150, stride: 2 },
    { name: 'more photos than one part has', batch: 19, size: 8, stride: 1 },
    { name: 'groups of photos that do not fill all parts', batch: 33, size: 8, stride: 1 },
  ].map(({ name, batch, size, stride }): [string, () => Values[], Work] => {
    const how = { stride, padding: 1, depthwise: false }
    const filterShape = [3, 3, 3, 64]
    return [
      `a filter’s gradient, ${name}`,
      () => convolutionInputs(batch, size, filterShape, how),
      (kernels, [x, , , dy]) => [kernels.convFilterGradient(dy!, x!, filterShape, how)],
    ]
  }),
  [
    'a convolution of a map that is cut into bands',
    () => convolutionInputs(2, 150, [3, 3, 5, 33], { stride: 1, padding: 1, depthwise: false }),
    convolution(
      { stride: 1, padding: 1, depthwise: false, activation: 'silu' },
      [2, 150, 150, 5],
      [3, 3, 5, 33],
    ),
  ],
  [
    'the filter’s gradient of wide layers, by outputs',
    () => convolutionInputs(2, 5, [3, 3, 300, 600], { stride: 2, padding: 1, depthwise: false }),
    (kernels, [x, , , dy]) => [
      kernels.convFilterGradient(dy!, x!, [3, 3, 300, 600], { stride: 2, padding: 1, depthwise: false }),
    ],
  ],
  [
    'a linear layer’s input gradient, some rows of its weights at a time',
    () => [drawn([3, 130]), drawn([130, 33_000])],
    (kernels, [dy, weight]) => [kernels.linearInputGradient(dy!, weight!)],
  ],
  [
    'linear layers',
    () => [drawn([5, 33]), drawn([7, 33]), drawn([7]), drawn([5, 7])],
    (kernels, [x, weight, bias, dy]) => [
      kernels.linear(x!, weight!, bias!, 'relu'),
      kernels.linearInputGradient(dy!, weight!),
      kernels.linearWeightGradient(dy!, x!),
      kernels.biasGradient(dy!),
    ],
  ],
  [
    'BatchNorm over a batch',
    () => [drawn([3, 5, 5, 4], -3, 5), drawn([4]), drawn([4]), drawn([3, 5, 5, 4])],
    (kernels, [x, scale, offset, dy]) => {
      const { y, mean, variance, saved } = kernels.batchNorm(x!, scale!, offset!, 1e-3)
      const gradient = kernels.batchNormGradient(dy!, x!, scale!, saved, 1e-3)
      tf.dispose(saved)
      return [y, mean, variance, gradient.x, gradient.scale, gradient.offset]
    },
  ],
  ...(['relu', 'relu6', null] as const).map((activation): [string, () => Values[], Work] => [
    `a bias and ${activation ?? 'no activation'}`,
    () => [drawn([2, 5, 3, 20], -8, 8), drawn([20], -2, 2)],
    (kernels, [x, bias]) => [
      kernels.biasActivation(x!, bias!, activation),
      kernels.biasActivation(x!, null, activation),
    ],
  ]),
  ...(['relu', 'relu6'] as const).map((activation): [string, () => Values[], Work] => [
    activation,
    () => [drawn([2, 3, 3, 4], -8, 8), drawn([2, 3, 3, 4])],
    (kernels, [x, dy]) => {
      const y = kernels.activate(x!, activation)
      return [y, kernels.activationGradient(dy!, y, activation)]
    },
  ]),
]

/** Windows that have kernels of their own on a processor, on channels that fill no whole registers, with each activation. */
const fusedWindows: [name: string, filterShape: number[], window: Window, largest?: number][] = [
  ['1×1', [1, 1, 21, 40], { stride: 1, padding: 0, depthwise: false }],
  ['narrow 1×1', [1, 1, 40, 5], { stride: 1, padding: 0, depthwise: false }],
  ['1×1, stride 2', [1, 1, 21, 40], { stride: 2, padding: 0, depthwise: false }],
  ['3×3', [3, 3, 21, 40], { stride: 1, padding: 1, depthwise: false }],
  // A bounded activation cuts off what rounding is a share of: outputs are to stay near its bounds.
  ['3×3 by Winograd’s algorithm', [3, 3, 45, 50], { stride: 1, padding: 1, depthwise: false }, 0.1],
  ['3×3, stride 2', [3, 3, 12, 20], { stride: 2, padding: 'same', depthwise: false }],
  ['7×7, stride 2', [7, 7, 3, 40], { stride: 2, padding: 3, depthwise: false }],
  ['depthwise 3×3', [3, 3, 21, 1], { stride: 1, padding: 1, depthwise: true }],
  ['depthwise 3×3, stride 2', [3, 3, 36, 1], { stride: 2, padding: 'same', depthwise: true }],
  ['depthwise 5×5, stride 2', [5, 5, 21, 1], { stride: 2, padding: 2, depthwise: true }],
  ['depthwise 7×7', [7, 7, 36, 1], { stride: 1, padding: 3, depthwise: true }],
]
const activations = Object.keys(gradientFrom) as Activation[]

for (const [name, filterShape, window, largest = 1] of fusedWindows)
  for (const activation of [null, ...activations]) {
    const [, , from, to] = filterShape as [number, number, number, number]
    const out = window.depthwise ? from : to
    const indices = Math.ceil(11 / window.stride)
    others.push([
      `${name} and BatchNorm with ${activation ?? 'no activation'}`,
      () => [
        drawn([3, 11, 11, from], -2, 3),
        drawn(filterShape, -largest, largest),
        drawn([out]),
        drawn([out]),
        drawn([out]),
        drawn([out], 0.5, 2),
        drawn([3, indices, indices, out]),
      ],
      (kernels, [x, filter, scale, offset, mean, variance, dy]) => {
        const how = { ...window, activation, scale: scale!, offset: offset!, eps: 1e-3 }
        const { z, saved, ...learnt } = kernels.convNorm(x!, filter!, null, how)
        const back = kernels.batchNormGradient(dy!, z, scale!, saved, 1e-3, activation)
        tf.dispose(saved)
        const norm = { scale: scale!, offset: offset!, mean: mean!, variance: variance!, eps: 1e-3 }
        const byHand = () => {
          const [folded, bias] = tf.tidy(() => {
            const k = scale!.div(variance!.add(1e-3).sqrt())
            const folded = filter!.mul(window.depthwise ? k.reshape([out, 1]) : k)
            return [folded, offset!.add(scale!.sub(mean!).mul(k))] as [Tensor, Tensor]
          })
          return { filter: folded, bias, packed: null }
        }
        // The scale serves as the convolution's bias, too.
        const ready = kernels.ready?.(x!, filter!, scale!, norm, window) ?? byHand()
        const fixed = kernels.conv(x!, ready.filter, ready.bias, {
          ...window,
          activation,
          packed: ready.packed,
        })
        ready.filter.dispose()
        const gradients = [
          kernels.convInputGradient(dy!, filter!, x!.shape, window),
          kernels.convFilterGradient(dy!, x!, filterShape, window),
        ]
        return [z, ...Object.values(learnt), ...Object.values(back), ready.bias!, fixed, ...gradients]
      },
    ])
  }
others.push(
  ...activations.map((activation): [string, () => Values[], Work] => [
    `${activation} apart`,
    () => [drawn([2, 5, 3, 21], -8, 8), drawn([2, 5, 3, 21])],
    (kernels, [x, dy]) => {
      const y = kernels.activate(x!, activation)
      const from = gradientFrom[activation] === 'input' ? x! : y
      return [y, kernels.activationGradient(dy!, from, activation)]
    },
  ]),
  [
    'layer normalisation',
    () => [drawn([2, 17, 40], -3, 5), drawn([40]), drawn([40]), drawn([2, 17, 40])],
    (kernels, [x, scale, offset, dy]) => [
      kernels.layerNorm(x!, scale!, offset!, 1e-6),
      ...Object.values(kernels.layerNormGradient(dy!, x!, scale!, 1e-6)),
    ],
  ],
  [
    'layer norm of rows that vary less than eps',
    () => [drawn([2, 17, 40], -1e-3, 1e-3), drawn([40]), drawn([40]), drawn([2, 17, 40])],
    (kernels, [x, scale, offset, dy]) => [
      kernels.layerNorm(x!, scale!, offset!, 1e-6),
      ...Object.values(kernels.layerNormGradient(dy!, x!, scale!, 1e-6)),
    ],
  ],
  ...[
    { name: 'attention', tokens: 17, heads: 3, width: 5 },
    { name: 'attention of one token', tokens: 1, heads: 2, width: 8 },
    { name: 'attention of more tokens than one block of its table has', tokens: 150, heads: 2, width: 40 },
    // Of such scores e^x is 0 for all, if the largest is not taken off.
    { name: 'attention whose scores are far below 0', tokens: 19, heads: 1, width: 4, apart: 15 },
    // Wherever the largest score stands, among whole registers or behind them: of it alone e^x is infinite, if it is not taken off.
    ...[0, 5, 12, 18].map((loud) => {
      return { name: `attention where token ${loud} takes all`, tokens: 19, heads: 1, width: 4, loud }
    }),
  ].map(({ name, tokens, heads, width, apart = 0, loud }: AttentionCase): [string, () => Values[], Work] => [
    name,
    () => {
      const qkv = drawn([2, tokens, 3 * heads * width], -3, 3)
      // Queries of the other sign than keys, in quarters: their products are exact.
      const moved = (value: number, part: number) => Math.round(4 * value) / 4 + [-apart, apart][part]!
      if (apart > 0)
        qkv.values.forEach((value, i) => {
          const part = Math.floor((i % (3 * heads * width)) / (heads * width))
          if (part < 2) qkv.values[i] = moved(value, part)
        })
      if (loud !== undefined)
        qkv.values.forEach((value, i) => {
          const [token, part] = [Math.floor(i / (3 * width)) % tokens, Math.floor((i % (3 * width)) / width)]
          if (part === 0) qkv.values[i] = 8 + Math.round(4 * value) / 4
          else if (part === 1) qkv.values[i] = token === loud ? 16 : Math.round(4 * value) / 4
        })
      return [qkv, drawn([2, tokens, heads * width])]
    },
    (kernels, [qkv, dy]) => {
      const { y, weights } = kernels.attention(qkv!, heads)
      const gradient = kernels.attentionGradient(dy!, qkv!, weights, heads)
      weights?.dispose()
      return [y, gradient]
    },
  ]),
  ...[
    { name: 'a linear layer over tokens', rows: 17, inner: 50, out: 70 },
    { name: 'a linear layer over more rows than are added up at once', rows: 300, inner: 13, out: 37 },
    {
      name: 'a linear layer over so many rows that they are added up in parts',
      rows: 1400,
      inner: 5,
      out: 9,
    },
  ].map(({ name, rows, inner, out }): [string, () => Values[], Work] => [
    name,
    () => [drawn([2, rows, inner]), drawn([out, inner]), drawn([out]), drawn([2, rows, out])],
    (kernels, [x, weight, bias, dy]) => [
      kernels.linear(x!, weight!, bias!, 'gelu'),
      kernels.linearInputGradient(dy!, weight!),
      kernels.linearWeightGradient(dy!, x!),
    ],
  ]),
  // As many as make wide layers of small maps direct, and as few as make them so that a photo's places come in several blocks.
  ...(
    [
      ['of few places, wide', [2, 7, 7, 96], [3, 3, 96, 80], { stride: 1, padding: 1, depthwise: false }],
      // Whose filter's gradient is Winograd's too.
      ['of few places, wider', [2, 7, 7, 203], [3, 3, 203, 214], { stride: 1, padding: 1, depthwise: false }],
      [
        'of many blocks, stride 2',
        [2, 40, 40, 70],
        [3, 3, 70, 40],
        { stride: 2, padding: 1, depthwise: false },
      ],
      ['2×2, stride 2', [3, 8, 8, 21], [2, 2, 21, 40], { stride: 2, padding: 0, depthwise: false }],
    ] as [string, number[], number[], Window][]
  ).map(([name, inputShape, filterShape, how]): [string, () => Values[], Work] => [
    `a convolution ${name}`,
    () => {
      const [batch, size] = inputShape as [number, number]
      const side = Math.floor((size + 2 * (how.padding as number) - filterShape[0]!) / how.stride) + 1
      return [
        drawn(inputShape),
        drawn(filterShape),
        drawn([filterShape[3]!]),
        drawn([batch, side, side, filterShape[3]!]),
      ]
    },
    convolution({ ...how, activation: null }, inputShape, filterShape),
  ]),
  [
    'a bias’s gradient over more rows than are added up at once',
    () => [drawn([3, 300, 20])],
    (kernels, [dy]) => [kernels.biasGradient(dy!)],
  ],
  [
    'layer normalisation of more rows than are added up at once',
    () => [drawn([2, 300, 40], -3, 5), drawn([40]), drawn([40]), drawn([2, 300, 40])],
    (kernels, [x, scale, offset, dy]) => [
      kernels.layerNorm(x!, scale!, offset!, 1e-6),
      ...Object.values(kernels.layerNormGradient(dy!, x!, scale!, 1e-6)),
    ],
  ],
  [
    // 1445 rows: five parts of 289, which are no whole blocks of 64.
    'BatchNorm over so many rows that they are added up in parts',
    () => [drawn([5, 17, 17, 20], -3, 5), drawn([20]), drawn([20]), drawn([5, 17, 17, 20])],
    (kernels, [x, scale, offset, dy]) => {
      const { y, mean, variance, saved } = kernels.batchNorm(x!, scale!, offset!, 1e-3, 'relu6')
      const gradient = kernels.batchNormGradient(dy!, x!, scale!, saved, 1e-3, 'relu6')
      tf.dispose(saved)
      return [y, mean, variance, gradient.x, gradient.scale, gradient.offset]
    },
  ],
  ...[
    { name: 'a convolution', filterShape: [3, 3, 5, 33], depthwise: false },
    { name: 'a depthwise convolution', filterShape: [3, 3, 33, 1], depthwise: true },
  ].map(({ name, filterShape, depthwise }): [string, () => Values[], Work] => [
    `${name} of a map that is cut into bands, and BatchNorm`,
    () => [drawn([2, 150, 150, filterShape[2]!], -2, 3), drawn(filterShape), drawn([33]), drawn([33])],
    (kernels, [x, filter, scale, offset]) => {
      const how = {
        stride: 1,
        padding: 1,
        depthwise,
        activation: null,
        scale: scale!,
        offset: offset!,
        eps: 1e-3,
      }
      const { z, saved, ...learnt } = kernels.convNorm(x!, filter!, null, how)
      tf.dispose(saved)
      return [z, ...Object.values(learnt)]
    },
  ]),
  ...(
    [
      ['SGD with momentum', [7, 9]],
      ['SGD with momentum of so many numbers that the gradient’s memory is used again', [1024, 1025]],
    ] as const
  ).map(([name, shape]): [string, () => Values[], Work] => [
    name,
    () => [drawn([...shape]), drawn([...shape]), drawn([...shape])],
    (kernels, [weight, gradient, velocity]) => {
      const step = (gradient: Tensor, before: Tensor | undefined) =>
        kernels.momentumSteps?.(
          [{ weight: weight!, gradient, velocity: before, learningRate: 0.1 }],
          0.9,
        )[0] ??
        tf.tidy(() => {
          const moved = before ? before.mul(0.9).add(gradient) : gradient.clone()
          return { weight: weight!.sub(moved.mul(0.1)), velocity: moved }
        })
      /** With copies that nobody else has, which are freed as whoever trains frees a gradient. */
      const stepAlone = (before: Tensor | undefined) => {
        const copies = [gradient!, before].map((it) => it?.add(0))
        const moved = step(copies[0]!, copies[1])
        tf.dispose(copies)
        return moved
      }
      // What another tensor shares must stay as it is.
      const others = [gradient!.clone(), velocity!.clone()]
      return [
        ...Object.values(step(gradient!, velocity)),
        ...Object.values(step(gradient!, undefined)),
        ...Object.values(stepAlone(velocity)),
        ...Object.values(stepAlone(undefined)),
        ...others,
      ]
    },
  ]),
  [
    'SGD with momentum of several parameters at once, each by its own rate and one in its first step',
    () => movedShapes.flatMap((shape) => [drawn(shape), drawn(shape), drawn(shape)]),
    (kernels, inputs) => {
      const moves = movedShapes.map((_, i) => {
        const [weight, gradient, velocity] = inputs.slice(3 * i)
        return {
          ...{ weight: weight!, gradient: gradient!, learningRate: 0.1 * (i + 1) },
          velocity: i === 1 ? undefined : velocity,
        }
      })
      const moved =
        kernels.momentumSteps?.(moves, 0.9) ??
        moves.map(({ weight, gradient, velocity, learningRate }) =>
          tf.tidy(() => {
            const moved = velocity ? velocity.mul(0.9).add(gradient) : gradient.clone()
            return { weight: weight.sub(moved.mul(learningRate)), velocity: moved }
          }),
        )
      return moved.flatMap(({ weight, velocity }) => [weight, velocity])
    },
  ],
  [
    'running statistics of several layers at once',
    () => [drawn([5]), drawn([5]), drawn([96]), drawn([96])],
    (kernels, [a, b, c, d]) =>
      kernels.mix(
        [
          [a!, b!],
          [c!, d!],
        ],
        0.1,
      ),
  ],
)

/** What plain JavaScript computes, by the name of the case. */
const expected = new Map<string, { inputs: Values[]; results: Values[] }>()
const cases: [name: string, inputs: () => Values[], work: Work][] = [
  ...windows.map(([name, size, kernel, how]): [string, () => Values[], Work] => {
    const filterShape = [kernel, kernel, 4, how.depthwise ? 1 : 6]
    const inputs = () => convolutionInputs(2, size, filterShape, how)
    return [name, inputs, convolution({ ...how, activation: 'relu6' }, [2, size, size, 4], filterShape)]
  }),
  ...others,
]
beforeAll(async () => {
  const backend = await openBackend({ prefer: 'cpu' })
  const kernels = portableKernels('cpu')
  for (const [name, make, work] of cases) {
    const inputs = make()
    expected.set(name, { inputs, results: results(kernels, work, inputs) })
  }
  await backend.close()
})

const backends: ['tensorflow' | 'wasm', () => Kernels][] = [
  ['wasm', () => portableKernels('wasm')],
  ['tensorflow', () => nativeKernels(nativeBackend().backend as unknown as NativeBackend)],
]
describe.each(backends)('the kernels of %s agree with plain JavaScript', (backend, make) => {
  let opened: Backend | undefined
  let kernels: Kernels
  beforeAll(async () => {
    if (backend === 'tensorflow' && noNative) return
    opened = await openBackend({ prefer: backend, threads: 2 })
    kernels = make()
  })
  afterAll(() => opened?.close())

  it.skipIf(backend === 'tensorflow' && noNative).each(cases)('%s', (name, _, work) => {
    const { inputs, results: theirs } = expected.get(name)!
    const ours = results(kernels, work, inputs)
    ours.forEach((it, i) => expect(difference(it, theirs[i]!)).toBeLessThan(5e-6))
  })
})

describe.skipIf(noNative)('kernels of our own', () => {
  it('compute where set-up compiled them', async () => {
    const opened = await openBackend({ prefer: 'tensorflow', threads: 2 })
    const executor = createExecutor(nativeBackend().backend as unknown as NativeBackend)
    const compiled = ownKernels(nativeAddon()!.path) !== undefined
    expect(createProcessor(executor) !== null).toBe(compiled)
    await opened.close()
  })
})

describe.skipIf(noNative)('a map that is too large for the caches', () => {
  beforeAll(async () => {
    await openBackend({ prefer: 'tensorflow', threads: 2 })
  })

  /** Photos so many times that any map of 16 channels for each of their places is too large. */
  const repeated = ({ shape, values }: Values): Values => {
    const [photos, height, width, channels] = shape as [number, number, number, number]
    const times = Math.ceil(2 ** 20 / (photos * height * width * 16))
    const whole = new Float32Array(times * values.length)
    for (let i = 0; i < times; i += 1) whole.set(values, i * values.length)
    return { shape: [times * photos, height, width, channels], values: whole }
  }

  const convolutions: [name: string, from: number, filterShape: number[], how: Window][] = [
    ['1×1 convolution', 21, [1, 1, 21, 48], { stride: 1, padding: 0, depthwise: false }],
    [
      '1×1 convolution with a register left over',
      24,
      [1, 1, 24, 16],
      { stride: 1, padding: 0, depthwise: false },
    ],
    ['depthwise convolution', 16, [3, 3, 16, 1], { stride: 1, padding: 1, depthwise: true }],
  ]
  it.each(convolutions)(
    'has the %s of the small one that it repeats, to the bit',
    (_, from, filterShape, how) => {
      const kernels = nativeKernels(nativeBackend().backend as unknown as NativeBackend)
      const out = how.depthwise ? from : filterShape[3]!
      const work: Work = (its, [x, filter, scale, offset]) => {
        const norm = { ...how, activation: 'relu', scale: scale!, offset: offset!, eps: 1e-3 } as const
        const { z, y, mean, variance, saved } = its.convNorm(x!, filter!, null, norm)
        tf.dispose([y, mean, variance, ...saved])
        const activated = its.conv(x!, filter!, offset!, { ...how, activation: 'hardswish' })
        return [z, activated, its.convInputGradient(z, filter!, x!.shape, how)]
      }
      const x = drawn([5, 16, 17, from], -2, 3)
      const rest = [drawn(filterShape), drawn([out]), drawn([out])]
      const small = results(kernels, work, [x, ...rest])
      const large = results(kernels, work, [repeated(x), ...rest])
      expectSameBits(large, small.map(repeated))
    },
  )

  it('has the factors and the product of the small one that it repeats', () => {
    const kernels = nativeKernels(nativeBackend().backend as unknown as NativeBackend)
    if (!kernels.scaledConv) return
    const how = { stride: 1, padding: 0, depthwise: false } as const
    const work: Work = (its, [x, factors, filter]) => {
      const ready = its.ready!(x!, filter!, null, null, how)!
      const y = its.scaledConv!(x!, factors!, ready, null)
      ready.filter.dispose()
      return [y]
    }
    const x = drawn([5, 16, 17, 24], -2, 3)
    const factors = drawn([5, 1, 1, 24])
    const times = repeated(x).shape[0]! / 5
    const many = new Float32Array(times * factors.values.length)
    for (let i = 0; i < times; i += 1) many.set(factors.values, i * factors.values.length)
    const filter = drawn([1, 1, 24, 48])
    const [small] = results(kernels, work, [x, factors, filter])
    const [large] = results(kernels, work, [
      repeated(x),
      { shape: [5 * times, 1, 1, 24], values: many },
      filter,
    ])
    expectSameBits([large!], [repeated(small!)])
  })

  // Its numbers are stored past the caches where rows are whole registers, as with 16 channels, but not with 24.
  it.each([16, 24])('of %i channels has the BatchNorm of the small one that it repeats', (channels) => {
    const kernels = nativeKernels(nativeBackend().backend as unknown as NativeBackend)
    const work: Work = (its, [x, scale, offset, dy]) => {
      const { y, mean, variance, saved } = its.batchNorm(x!, scale!, offset!, 1e-3, 'relu')
      const gradient = its.batchNormGradient(dy!, x!, scale!, saved, 1e-3, 'relu')
      tf.dispose([mean, variance, ...saved, gradient.scale, gradient.offset])
      return [y, gradient.x]
    }
    const shape = [16, 16, 16, channels]
    const [x, scale, offset, dy] = [
      drawn(shape, -2, 3),
      drawn([channels]),
      drawn([channels]),
      drawn(shape),
    ] as const
    const small = results(kernels, work, [x, scale, offset, dy])
    const large = results(kernels, work, [repeated(x), scale, offset, repeated(dy)])
    small.forEach((it, i) => expect(difference(large[i]!, repeated(it))).toBeLessThan(5e-6))
  })
})

describe.skipIf(noNative)('what kernels of our own compute together has the bits that it has apart', () => {
  let kernels: Kernels
  beforeAll(async () => {
    await openBackend({ prefer: 'tensorflow', threads: 2 })
    kernels = nativeKernels(nativeBackend().backend as unknown as NativeBackend)
  })
  const isThere = () => kernels.expandedConv !== undefined
  const wide = { stride: 1, padding: 0, depthwise: false } as const

  // Maps that are cut into bands and not, odd sides, channels that fill no whole panel, and rows of fewer places than are taken at once.
  it.each([
    { size: 112, inner: 16, channels: 40, side: 3, stride: 2, padding: 1, activation: 'relu6' },
    { size: 57, inner: 24, channels: 72, side: 3, stride: 1, padding: 1, activation: 'silu' },
    { size: 33, inner: 5, channels: 19, side: 5, stride: 2, padding: 'same', activation: 'hardswish' },
    { size: 15, inner: 40, channels: 120, side: 5, stride: 1, padding: 2, activation: 'relu' },
    { size: 7, inner: 160, channels: 24, side: 5, stride: 1, padding: 2, activation: 'silu' },
    { size: 2, inner: 3, channels: 8, side: 5, stride: 2, padding: 2, activation: 'relu6' },
  ] as const)(
    'a 1×1 convolution with a depthwise one of $side×$side, stride $stride, on $size×$size',
    ({ size, inner, channels, side, stride, padding, activation }) => {
      if (!isThere()) return
      const how = { stride, padding, depthwise: true }
      expect(kernels.expandedConv!.suits(side, how, activation)).toBe(true)
      const work: Work = (_, [x, expand, expandBias, filter, bias]) => {
        const first = kernels.ready!(x!, expand!, expandBias!, null, wide)!
        const second = kernels.ready!(x!, filter!, bias!, null, how)!
        const found = kernels.expandedConv!.run(x!, first, second, { ...how, activation, withMeans: true })
        const middle = kernels.conv(x!, expand!, expandBias!, { ...wide, activation })
        const apart = kernels.conv(middle, filter!, bias!, { ...how, activation })
        const means = tf.mean(apart, [1, 2], true)
        const made = [first, second].flatMap((it) => [it.filter, it.bias!])
        tf.dispose([middle, ...made])
        return [found.y, apart, found.means!, means]
      }
      const inputs = [
        drawn([2, size, size, inner]),
        drawn([1, 1, inner, channels]),
        drawn([channels], 0, 1),
        drawn([side, side, channels, 1]),
        drawn([channels]),
      ]
      const [together, apart, means, meansApart] = results(kernels, work, inputs)
      expectSameBits([together!], [apart!])
      expect(difference(means!, meansApart!)).toBeLessThan(1e-6)
    },
  )

  it('a map times a factor for each photo and channel, and the 1×1 convolution behind it', () => {
    if (!isThere()) return
    const work: Work = (_, [x, factors, filter, bias]) => {
      const ready = kernels.ready!(x!, filter!, bias!, null, wide)!
      const together = kernels.scaledConv!(x!, factors!, ready, 'hardswish')
      const scaled = kernels.scale(x!, factors!)
      const apart = kernels.conv(scaled, filter!, bias!, { ...wide, activation: 'hardswish' })
      tf.dispose([scaled, ready.filter, ready.bias!])
      return [together, apart]
    }
    // 13 × 13 places, so that a piece of rows begins in one photo and ends in the next.
    const inputs = [drawn([9, 13, 13, 37]), drawn([9, 1, 1, 37]), drawn([1, 1, 37, 21]), drawn([21])]
    const [together, apart] = results(kernels, work, inputs)
    expectSameBits([together!], [apart!])
  })

  it('a sum and the activation behind it', () => {
    const work: Work = (_, [a, b]) => {
      const sum = kernels.add(a!, b!)
      const apart = kernels.activate(sum, 'relu')
      sum.dispose()
      return [kernels.add(a!, b!, 'relu'), apart]
    }
    const [together, apart] = results(kernels, work, [drawn([2, 5, 5, 7]), drawn([2, 5, 5, 7])])
    expectSameBits([together!], [apart!])
  })

  it.each([null, ...activations])(
    'the way back through %s, BatchNorm and a 1×1 convolution; but for the filter, whose sums are cut elsewhere',
    (activation) => {
      if (!kernels.convNormGradient) return
      const work: Work = (_, [x, filter, scale, offset, dy]) => {
        const how = { ...wide, activation, scale: scale!, offset: offset!, eps: 1e-3 }
        const { z, y, mean, variance, saved } = kernels.convNorm(x!, filter!, null, how)
        const normalised = { z, scale: scale!, saved }
        const together = kernels.convNormGradient!(dy!, x!, filter!, normalised, { ...wide, activation })!
        const norm = kernels.batchNormGradient(dy!, z, scale!, saved, 1e-3, activation)
        const apart = {
          x: kernels.convInputGradient(norm.x, filter!, x!.shape, wide),
          scale: norm.scale,
          offset: norm.offset,
          filter: kernels.convFilterGradient(norm.x, x!, filter!.shape, wide),
        }
        tf.dispose([z, y, mean, variance, ...saved, norm.x])
        return [together, apart].flatMap((it) => [it.x, it.scale, it.offset, it.filter])
      }
      const made = results(kernels, work, [
        drawn([3, 29, 31, 21], -2, 3),
        drawn([1, 1, 21, 40]),
        drawn([40]),
        drawn([40]),
        drawn([3, 29, 31, 40]),
      ])
      expectSameBits(made.slice(0, 3), made.slice(4, 7))
      expect(difference(made[3]!, made[7]!)).toBeLessThan(1e-6)
    },
  )

  const depthwiseWindows = windows.filter(([, , , how]) => how.depthwise)
  it.each(
    depthwiseWindows.flatMap(([name, size, side, how]) =>
      ([null, 'relu6', 'hardswish'] as const).map((activation) => ({
        name,
        size: size + 12,
        side,
        how,
        activation,
      })),
    ),
  )('the way back through $activation, BatchNorm and $name', ({ size, side, how, activation }) => {
    if (!kernels.convNormGradient) return
    const work: Work = (_, [x, filter, scale, offset]) => {
      const { z, y, mean, variance, saved } = kernels.convNorm(x!, filter!, null, {
        ...{ ...how, activation, scale: scale!, offset: offset!, eps: 1e-3 },
      })
      // Any gradient will do: here what came out, without those of its numbers that the activation made 0.
      const dy = y.add(0.25)
      const together = kernels.convNormGradient!(
        dy,
        x!,
        filter!,
        { z, scale: scale!, saved },
        { ...how, activation },
      )!
      const norm = kernels.batchNormGradient(dy, z, scale!, saved, 1e-3, activation)
      const apart = {
        x: kernels.convInputGradient(norm.x, filter!, x!.shape, how),
        scale: norm.scale,
        offset: norm.offset,
        filter: kernels.convFilterGradient(norm.x, x!, filter!.shape, how),
      }
      tf.dispose([z, y, dy, mean, variance, ...saved, norm.x])
      return [together, apart].flatMap((it) => [it.x, it.scale, it.offset, it.filter])
    }
    const channels = 21
    const made = results(kernels, work, [
      drawn([3, size, size + 1, channels], -2, 3),
      drawn([side, side, channels, 1]),
      drawn([channels]),
      drawn([channels]),
    ])
    expectSameBits(made.slice(0, 4), made.slice(4))
  })

  it('the gradient of a filter that saw no photo is zero', () => {
    if (!isThere()) return
    const [x, dy] = [tf.zeros([0, 5, 5, 24]), tf.zeros([0, 5, 5, 40])]
    const gradient = kernels.convFilterGradient(dy, x, [1, 1, 24, 40], wide)
    expect(gradient.shape).toEqual([1, 1, 24, 40])
    expect(gradient.dataSync().every((it) => it === 0)).toBe(true)
    tf.dispose([x, dy, gradient])
  })

  it('a linear layer whose weight is laid out once agrees with TensorFlow’s', () => {
    if (!kernels.readyLinear) return
    const work: Work = (_, [x, weight, bias]) => {
      const ready = kernels.readyLinear!(x!, weight!)!
      const ours = kernels.linear(x!, ready.filter, bias!, 'gelu', ready.packed)
      ready.filter.dispose()
      return [ours, kernels.linear(x!, weight!, bias!, 'gelu')]
    }
    const [ours, theirs] = results(kernels, work, [drawn([3, 17, 50]), drawn([70, 50]), drawn([70])])
    expect(difference(ours!, theirs!)).toBeLessThan(1e-6)
  })
})

describe.skipIf(noNative)('convolutions by Winograd’s algorithm agree with TensorFlow’s own', () => {
  const how = { stride: 1, padding: 1, depthwise: false }
  let direct: Kernels
  let winograd: Kernels
  beforeAll(async () => {
    await openBackend({ prefer: 'tensorflow', threads: 2 })
    const native = nativeBackend().backend as unknown as NativeBackend
    direct = nativeKernels(native, { onProcessor: false })
    winograd = nativeKernels(native)
  })

  it.each([
    ['VGG’s third block', 2, 56, 128, 256],
    ['its fourth', 2, 28, 256, 512],
    ['its fifth, where the last tiles are half empty', 3, 14, 512, 512],
    ['one photo', 1, 14, 512, 512],
    ['odd maps', 2, 15, 128, 256],
    ['many channels of more tiles than are transformed at once', 3, 28, 128, 320],
    ['channels that fill no whole registers', 9, 15, 203, 214],
    ['more photos than are transformed at once', 10, 56, 256, 256],
  ])('%s', (_, batch, size, from, to) => {
    const filterShape = [3, 3, from, to]
    expect(suitsWinograd([batch, size, size, from], filterShape, how)).toBe(true)
    const inputs = convolutionInputs(batch, size, filterShape, how)
    // An activation would hide half of the outputs.
    const work = convolution({ ...how, activation: null }, [batch, size, size, from], filterShape)
    const [ours, theirs] = [winograd, direct].map((kernels) => results(kernels, work, inputs))
    ours!.forEach((it, i) => expect(difference(it, theirs![i]!)).toBeLessThan(1e-5))
  })

  it('where only TensorFlow’s operations compute', () => {
    const inputs = convolutionInputs(3, 14, [3, 3, 256, 256], how)
    const tensors: Tensor[] = inputs.map(({ shape, values }) => tf.tensor(values, shape, 'float32'))
    const [x, filter, , dy] = tensors
    const executor = createExecutor(nativeBackend().backend as unknown as NativeBackend)
    const byOperations = createWinograd(executor)
    const pairs = [
      [byOperations.conv(x!, filter!), direct.conv(x!, filter!, null, { ...how, activation: null })],
      [byOperations.inputGradient(dy!, filter!), direct.convInputGradient(dy!, filter!, x!.shape, how)],
      [byOperations.filterGradient(dy!, x!), direct.convFilterGradient(dy!, x!, filter!.shape, how)],
    ]
    const read = (it: Tensor) => ({ shape: it.shape, values: it.dataSync() as Float32Array })
    for (const [ours, theirs] of pairs) expect(difference(read(ours!), read(theirs!))).toBeLessThan(1e-5)
    tf.dispose([...tensors, ...pairs.flat()])
  })

  it('gives the same bits again', () => {
    const inputs = convolutionInputs(2, 14, [3, 3, 256, 256], how)
    const work = convolution({ ...how, activation: 'relu' }, [2, 14, 14, 256], [3, 3, 256, 256])
    expectSameBits(results(winograd, work, inputs), results(winograd, work, inputs))
  })
})

describe.skipIf(noNative)('TensorFlow’s fingerprint', () => {
  let kernels: Kernels
  beforeAll(async () => {
    await openBackend({ prefer: 'tensorflow', threads: 2 })
    kernels = nativeKernels(nativeBackend().backend as unknown as NativeBackend)
  })
  const of = (values: Float32Array): number =>
    tf.tidy(() => kernels.fingerprint(tf.tensor(values, [1, values.length])))

  it('sees numbers negated and reordered, and is the same for the same bits', () => {
    const tensors = fc.float32Array({ minLength: 2, maxLength: 100, noNaN: true })
    const changed = tensors.chain((values) =>
      fc.tuple(
        fc.constant(values),
        fc.subarray([...values.keys()], { minLength: 1 }),
        fc.shuffledSubarray([...values.keys()], { minLength: values.length }),
      ),
    )
    fc.assert(
      fc.property(changed, ([values, indices, order]) => {
        const negated = values.slice()
        for (const at of indices) negated[at]! *= -1
        const reordered = values.map((_, i) => values[order[i]!]!)
        for (const other of [values.slice(), negated, reordered]) {
          const same = Buffer.from(other.buffer).equals(
            Buffer.from(values.buffer, values.byteOffset, values.byteLength),
          )
          expect(of(other) === of(values)).toBe(same)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe.skipIf(noNative)('oneDNN’s kernels', () => {
  let native: NativeBackend
  beforeAll(async () => {
    await openBackend({ prefer: 'tensorflow', threads: 2 })
    native = nativeBackend().backend as unknown as NativeBackend
  })

  it.runIf(process.platform === 'linux' && process.arch === 'x64')('are there', () => {
    expect(createOneDnn(createExecutor(native))).not.toBeNull()
  })

  it('give the bits of TensorFlow’s public ones, also where several numbers are the largest', () => {
    const kernels = [nativeKernels(native), nativeKernels(native, { onProcessor: false })]
    // Few different numbers: most windows have ties.
    const x = drawn([3, 30, 26, 24], -2, 2)
    x.values.forEach((value, i) => (x.values[i] = Math.round(value)))
    const work: Work = (its, [x, dy, bias]) => {
      const { y, saved } = its.maxPool(x!, window)
      const dx = its.maxPoolGradient(dy!, x!.shape, saved, window)
      tf.dispose(saved)
      return [y, dx, its.biasActivation(dy!, bias!, 'relu')]
    }
    const inputs = [x, drawn([3, 15, 13, 24]), drawn([24])]
    const [ours, theirs] = kernels.map((its) => results(its, work, inputs))
    expectSameBits(ours!, theirs!)
  })
})
