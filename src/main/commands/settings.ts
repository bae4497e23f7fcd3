import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Augmentation } from '../../shared/augmentation.ts'
import { parseAugmentation } from '../../shared/augmentation.ts'
import { RunConfig } from '../../shared/config.ts'
import { ThawError } from '../../shared/errors.ts'
import type { Plan } from '../../shared/model/plan.ts'
import { parsePlan } from '../../shared/model/plan.ts'
import type { PlanName } from '../../shared/model/registry.ts'
import { planNames } from '../../shared/model/registry.ts'
import { because } from '../../shared/reasons.ts'
import { reasonOf } from '../../shared/settingIssues.ts'

/** The flags of `thaw train` that are settings of the run. */
export interface SettingFlags {
  backbone?: string
  weights?: string
  plan?: string
  epochs?: number
  batch?: number
  seed?: number
  augment?: string
  config?: string
  threads?: number
  precision?: string
  preparation?: string
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'file-no-json' : 'file-cannot-open'
    throw new ThawError('config.invalid', because(reason, { file }), { cause: error })
  }
}

const isPlanName = (text: string): text is PlanName => (planNames as readonly string[]).includes(text)

async function readPlan(given: string): Promise<PlanName | Plan> {
  if (isPlanName(given)) return given
  if (!given.endsWith('.json'))
    throw new ThawError('plan.invalid', because('plan-name', { given, known: planNames.join(', ') }))
  return parsePlan(await readJson(given))
}

const readAugmentation = async (given: string): Promise<Augmentation> =>
  parseAugmentation(given.endsWith('.json') ? await readJson(given) : given)

async function readConfig(file: string): Promise<Record<string, unknown>> {
  const value = await readJson(file)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ThawError('config.invalid', because('file-no-object', { file }))
  // Read by themselves: of a choice between a name and what is written out, the check of the whole would only say that it is neither.
  const { plan, augmentation, ...rest } = value as Record<string, unknown>
  return {
    ...rest,
    ...(plan !== undefined && { plan: typeof plan === 'string' ? await readPlan(plan) : parsePlan(plan) }),
    ...(augmentation !== undefined && { augmentation: parseAugmentation(augmentation) }),
  }
}

/** Only what is given: the flags, and what the file that --config names holds. @throws ThawError config.invalid, plan.invalid, augmentation.* */
export async function changesOf(flags: SettingFlags): Promise<Record<string, unknown>> {
  const { backbone, weights, epochs, batch, seed, threads, precision, preparation: fit } = flags
  const file = flags.config === undefined ? {} : await readConfig(flags.config)
  const given = {
    ...{ backbone, weights, epochs, batch, seed, threads, precision, fit },
    augmentation: flags.augment === undefined ? undefined : await readAugmentation(flags.augment),
    plan: flags.plan === undefined ? undefined : await readPlan(flags.plan),
  }
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...file, ...set }
}

/** All settings of a run: the flags, else the file that --config names, else the defaults. @throws ThawError config.*, plan.invalid */
export async function settingsOf(flags: SettingFlags): Promise<RunConfig> {
  const parsed = RunConfig.safeParse(await changesOf(flags))
  if (!parsed.success) throw new ThawError('config.invalid', reasonOf(parsed.error))
  const config = parsed.data
  // The run may be resumed from another folder.
  return { ...config, weights: config.weights === null ? null : path.resolve(config.weights) }
}
