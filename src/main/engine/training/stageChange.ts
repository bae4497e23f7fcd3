/** Another plan for a run that is under way: a new stage, written into run.json before it holds. */
import path from 'node:path'
import type { PlanChoice, RunConfig } from '../../../shared/config.ts'
import { withClasses } from '../../../shared/model/layers.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import { namedPlan, networkOf } from '../../../shared/model/registry.ts'
import { writeAtomic } from '../files.ts'
import { readRecord, recordFile } from '../store/runFolder.ts'
import { planFrom } from './fork.ts'

/** The changes of plan as run.json has them now. @throws ThawError run.missing, run.damaged */
export const plansIn = async (folder: string): Promise<RunConfig['thaw']> =>
  (await readRecord(folder)).config.thaw

/**
 * From the epoch after this one on, another plan holds; later changes that were planned before fall away. The run has to be at
 * rest within `epoch`, so that the next one cannot have begun.
 * @returns the epoch that the plan begins with
 * @throws ThawError plan.invalid, run.missing, run.damaged, disk.full
 */
export async function changePlan(folder: string, epoch: number, plan: PlanChoice): Promise<number> {
  const record = await readRecord(folder)
  const network = withClasses(networkOf(record.network), record.classes.length)
  // Says what is wrong with it now, and not when the epoch begins.
  resolvePlan(network, typeof plan === 'string' ? namedPlan(network, plan) : plan)
  const changed = { ...record, config: planFrom(record.config, epoch, plan) }
  await writeAtomic(path.join(folder, recordFile), [`${JSON.stringify(changed, null, 1)}\n`])
  return epoch + 1
}
