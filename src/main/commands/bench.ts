import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { Option } from 'commander'
import { RunConfig } from '../../shared/config.ts'
import { ThawError } from '../../shared/errors.ts'
import type { PlanName } from '../../shared/model/registry.ts'
import { classify } from '../engine/classify/classify.ts'
import { scanDataset } from '../engine/datasets/scan.ts'
import { drawSample } from '../engine/sample/drawSample.ts'
import { train } from '../engine/training/train.ts'
import { writeFormulaWeights } from '../engine/weights/formula.ts'
import { interrupted } from './interrupt.ts'
import { line, print, say } from './output.ts'
import { words } from './words.ts'

interface Work {
  name: string
  network: string
  /** What learns; left out: photos are classified. */
  plan?: PlanName
}

const works: readonly Work[] = [
  { name: 'classify-lite0', network: 'efficientnet-lite0' },
  { name: 'head-only-lite0', network: 'efficientnet-lite0', plan: 'head-only' },
  { name: 'everything-lite0', network: 'efficientnet-lite0', plan: 'everything' },
  { name: 'classify-vgg16', network: 'vgg16' },
  { name: 'head-only-vgg16', network: 'vgg16', plan: 'head-only' },
  { name: 'three-rates-vgg16', network: 'vgg16', plan: 'recipe' },
]

/** Photos drawn for it: enough for a few batches, few enough for VGG16 on a small machine. */
const drawn = { seed: 1, train: 96, val: 32 }

interface Row {
  work: string
  /** From opening the backend to the last answer, or to the saved run. */
  seconds: number
  /** Photos learnt from, or classified, a second. */
  photosPerSecond: number
  peakMiB: number
}

const photosIn = (material: string) => path.join(material, 'photos')
const weightsIn = (material: string, network: string) => path.join(material, `${network}.pth`)

async function photosClassified({ network }: Work, material: string, signal: AbortSignal): Promise<number> {
  const entries = await readdir(photosIn(material), { recursive: true, withFileTypes: true })
  const photos = entries.filter((it) => it.isFile()).map((it) => path.join(it.parentPath, it.name))
  const model = { backbone: network, weights: weightsIn(material, network), labels: null }
  const started = performance.now()
  for await (const answer of classify({ home: material, photos, model, top: 1, signal }))
    if ('error' in answer) throw new ThawError(answer.error.code)
  return photos.length / ((performance.now() - started) / 1000)
}

async function photosTrained(
  { network, plan }: Work,
  material: string,
  signal: AbortSignal,
): Promise<number> {
  const config = RunConfig.parse({ backbone: network, weights: weightsIn(material, network), plan })
  const dataset = await scanDataset(photosIn(material), { seed: config.seed, signal })
  let photosPerSecond = 0
  const folder = await mkdtemp(path.join(material, 'run-'))
  for await (const event of train({ home: material, folder, dataset, config, signal }))
    if (event.type === 'batch') photosPerSecond = event.photosPerSecond
  await rm(folder, { recursive: true })
  return photosPerSecond
}

/** Does one work in this process, so that its peak of memory is the process's. */
async function measured(work: Work, material: string): Promise<Row> {
  const started = performance.now()
  const run = work.plan === undefined ? photosClassified : photosTrained
  const photosPerSecond = await run(work, material, interrupted())
  const seconds = (performance.now() - started) / 1000
  return { work: work.name, seconds, photosPerSecond, peakMiB: process.resourceUsage().maxRSS / 1024 }
}

/** Does one work in a process of its own, cold. What it says of a failure is passed on. */
async function measuredApart(work: Work, material: string): Promise<Row | undefined> {
  const args = [...process.execArgv, process.argv[1]!, 'bench', '--only', work.name, '--material', material]
  // A home of its own: nothing that an earlier run left is reused, and nothing is left.
  const env = { ...process.env, THAW_HOME: material }
  try {
    return JSON.parse(
      (await promisify(execFile)(process.execPath, args, { env, windowsHide: true })).stdout,
    ) as Row
  } catch (error) {
    const { code, stderr = String(error) } = error as { code?: unknown; stderr?: string }
    say(`${work.name}: ${stderr.trim()}`)
    process.exitCode = typeof code === 'number' ? code : 3
    return undefined
  }
}

async function prepare(material: string, chosen: readonly Work[]): Promise<void> {
  say(words('drawingMaterial'))
  await drawSample(photosIn(material), drawn)
  for (const network of new Set(chosen.map((work) => work.network)))
    await writeFormulaWeights(network, weightsIn(material, network))
}

interface Options {
  only?: string
  material?: string
  json?: boolean
}

export function addBench(program: Command): void {
  const names = works.map((work) => work.name)
  program
    .command('bench')
    .description('how fast this machine classifies and trains, on photos and weights made up for it')
    .addOption(new Option('--only <work>', 'one of them').choices(names))
    .addOption(new Option('--material <folder>', 'photos and weights made before').hideHelp())
    .action(async ({ only, material, json }: Options) => {
      const chosen = works.filter((work) => only === undefined || work.name === only)
      if (material !== undefined) {
        line(await measured(chosen[0]!, material))
        return
      }
      const folder = await mkdtemp(path.join(os.tmpdir(), 'thaw-bench-'))
      try {
        await prepare(folder, chosen)
        for (const work of chosen) {
          const row = await measuredApart(work, folder)
          if (row && json) line(row)
          else if (row)
            print(
              words('measured', {
                work: row.work.padEnd(18),
                speed: row.photosPerSecond.toFixed(1).padStart(8),
                seconds: row.seconds.toFixed(1).padStart(8),
                peak: row.peakMiB.toFixed(0).padStart(6),
              }),
            )
        }
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })
}
