import { copyFile, rename, rm } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { MeltedRun } from '../../../../src/main/engine/evaluation/meltedRun.ts'
import { movementOf } from '../../../../src/main/engine/evaluation/movement.ts'
import { openNetwork, readNetwork } from '../../../../src/main/engine/model/open.ts'
import { readRecord } from '../../../../src/main/engine/store/runFolder.ts'
import { train } from '../../../../src/main/engine/training/train.ts'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { tensorsOfNetwork, withClasses } from '../../../../src/shared/model/layers.ts'
import { nodeMovement, shareOf } from '../../../../src/shared/model/melt.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'
import type { RunEvent, RunEventOf } from '../../../../src/shared/run.ts'
import { plainRuns } from '../../../support/plainRuns.ts'

/** A run with BatchNorm whose layers all learn, in plain JavaScript. */
const plain = plainRuns(24, 10)
const run = () => plain.path('run')
const network = withClasses(networkOf('tiny-bn'), 2)
let events: RunEvent[] = []

beforeAll(async () => {
  const { home, dataset, settings } = plain
  const config = RunConfig.parse({ ...settings, epochs: 2, plan: { '': 0.05 } })
  for await (const event of train({ home, folder: run(), dataset, config })) events.push(event)
  events = events.filter(({ type }) => type === 'epoch')
})

const bestEpoch = () =>
  events.filter((it): it is RunEventOf<'epoch'> => it.type === 'epoch' && it.best).at(-1)!
const before = () => events[0] as RunEventOf<'epoch'>

async function melted<T>(work: (opened: MeltedRun) => Promise<T>): Promise<T> {
  const opened = await MeltedRun.open(run())
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}

/** Both ends of a tensor. */
async function ends(name: string): Promise<[start: Float32Array, learnt: Float32Array]> {
  const { config, classes, weights } = await readRecord(run())
  const start = await readNetwork({
    ...{ backbone: 'tiny-bn', file: weights.file, newHead: { classes: classes.length, seed: config.seed } },
  })
  const learnt = await openWeights(`${run()}/best.safetensors`)
  try {
    return [(await start.read(name))!, await learnt.read(name)]
  } finally {
    await start.close()
    await learnt.close()
  }
}

describe('How far a run has moved', () => {
  it('is the L2 norm in float64 of each tensor’s way, and adds up over the tree', async () => {
    const tensors = await movementOf(run())
    expect(tensors.length).toBeGreaterThan(4)
    for (const { name, moved, start } of tensors) {
      const [a, b] = await ends(name)
      const norm = (values: number[]) => Math.sqrt(values.map((it) => it * it).reduce((x, y) => x + y, 0))
      expect(moved).toBeCloseTo(norm(Array.from(a, (value, i) => b[i]! - value)), 12)
      expect(start).toBeCloseTo(norm([...a]), 12)
    }
    const nodes = nodeMovement(network, tensors)
    const whole =
      Math.hypot(...tensors.map(({ moved }) => moved)) / Math.hypot(...tensors.map((it) => it.start))
    expect(nodes.get('')!.relative).toBeCloseTo(whole, 12)
    expect(nodes.get('fc')!.relative).toBeGreaterThan(0)
  })

  it('is told also where the run began as zero', () => {
    const nodes = nodeMovement(network, [
      { name: 'fc.weight', moved: 0, start: 0 },
      { name: 'fc.bias', moved: 2, start: 0 },
    ])
    expect(nodes.get('fc.weight')!.relative).toBe(0)
    expect(nodes.get('fc')!.relative).toBeNull()
  })

  it('needs the weights that the run began with', async () => {
    const { weights } = await readRecord(run())
    await rename(weights.file, `${weights.file}.away`)
    try {
      await expect(movementOf(run())).rejects.toMatchObject({ code: 'weights.missing' })
      await copyFile(`${run()}/best.safetensors`, weights.file)
      await expect(movementOf(run())).rejects.toMatchObject({ code: 'run.other-weights' })
    } finally {
      await rm(weights.file, { force: true })
      await rename(`${weights.file}.away`, weights.file)
    }
  })
})

describe('A share', () => {
  it('holds for all below its node, for BatchNorm’s statistics too, until one below has its own', () => {
    const norm = shareOf(network, { '': 0.25 })
    for (const name of ['fc.weight', 'fc.bias']) expect(norm(name)).toBe(0.25)
    const own = shareOf(network, { '': 0.25, fc: 1, 'fc.bias': 0 })
    expect([own('fc.weight'), own('fc.bias')]).toEqual([1, 0])
    const statistics = tensorsOfNetwork(network)
      .map(({ name }) => name)
      .filter((name) => name.endsWith('running_mean'))
    expect(statistics.length).toBeGreaterThan(0)
    for (const name of statistics) {
      const layer = name.replace('.running_mean', '')
      expect(shareOf(network, { '': 0.25, [layer]: 0.5 })(name)).toBe(0.5)
    }
  })

  it('of a layer that is not there is refused', () => {
    expect(() => shareOf(network, { fcc: 0.5 })).toThrow(
      expect.objectContaining({ code: 'plan.unknown-node' }),
    )
  })
})

describe('A run between its start and what it learnt', () => {
  it('answers as it did at either end, to the bit', async () => {
    await melted(async (opened) => {
      const whole = await opened.answer({})
      expect(whole.score).toEqual(bestEpoch().val)
      expect(whole.flips).toEqual([])
      const nothing = await opened.answer({ '': 0 })
      expect(nothing.score).toEqual(before().val)
      // And back again.
      expect((await opened.answer({})).score).toEqual(bestEpoch().val)
    })
  })

  it('answers from kept features just as from the photos', async () => {
    const shares = [{ fc: 0.5 }, { '': 0.5 }, { '': 0.5, fc: 0 }, { fc: 0.5 }]
    const apart = []
    for (const share of shares) apart.push((await melted((opened) => opened.answer(share))).score)
    const inOne = await melted(async (opened) => {
      const scores = []
      for (const share of shares) scores.push((await opened.answer(share)).score)
      return scores
    })
    expect(inOne).toEqual(apart)
    expect(inOne[0]!.loss).not.toBe(inOne[1]!.loss)
  })

  it('is saved as an ordinary file with its recipe, each value where float64 puts it', async () => {
    const file = plain.path('melted.safetensors')
    await melted((opened) => opened.save({ '': 0.3, fc: 1 }, file))
    const source = await openWeights(file)
    const { start, learnt, shares } = JSON.parse(source.metadata['melt']!) as Record<string, unknown>
    expect(shares).toEqual({ '': 0.3, fc: 1 })
    expect([start, learnt].every((it) => /^[0-9a-f]{64}$/.test(String(it)))).toBe(true)
    for (const { name, dtype } of source.tensors) {
      if (dtype === 'int64') continue
      const share = name.startsWith('fc.') ? 1 : 0.3
      const [a, b] = await ends(name)
      const values = await source.read(name)
      values.forEach((value, i) => expect(value).toBe(Math.fround(a[i]! + share * (b[i]! - a[i]!))))
    }
    await source.close()
    // The run's own files stay as they were, and anyone can open the new one without naming the network.
    const opened = await openNetwork({ backbone: null, file })
    expect(opened.classes).toEqual(['dark', 'light'])
    opened.weights.dispose()
    await melted((again) => again.save({}, plain.path('whole.safetensors')))
    const [mine, best] = await Promise.all(
      [plain.path('whole.safetensors'), `${run()}/best.safetensors`].map(async (it) => {
        const opened = await openWeights(it)
        try {
          return Buffer.concat(
            await Promise.all(
              [...opened.tensors].map(async ({ name }) => Buffer.from((await opened.read(name)).buffer)),
            ),
          )
        } finally {
          await opened.close()
        }
      }),
    )
    expect(mine!.equals(best!)).toBe(true)
  })
})
