/** Networks with branches, killed in the middle of an epoch and resumed: BatchNorm, attention, and stochastic depth that is frozen. */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it, describe } from 'vitest'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'
import { writeFormulaWeights } from '../../src/main/engine/weights/formula.ts'
import type { NetworkName } from '../../src/shared/model/registry.ts'
import { recipePreparation } from '../../src/shared/preparation.ts'
import type { RunEventOf } from '../../src/shared/run.ts'
import { objects, startThaw, thaw } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawTinyPhotos } from '../support/tinyTraining.ts'

const folder = temporaryFolder()
const env = () => ({ THAW_HOME: folder.path('home') })

/** Settings in a file: few photos, and small ones where the network takes any size. */
async function configOf(backbone: NetworkName, side: number, plan: string): Promise<string> {
  const weights = folder.path(`${backbone}.pth`)
  await writeFormulaWeights(backbone, weights)
  const config = {
    ...{ backbone, weights, plan, epochs: 2, batch: 4, threads: 2, augmentation: 'recipe' },
    preparation: { ...recipePreparation, resize: side, crop: side },
    // After every batch or two.
    checkpointMinutes: 1e-4,
  }
  const file = folder.path(`${backbone}.json`)
  await writeFile(file, JSON.stringify(config))
  return file
}

const lastOf = (out: string) => readFile(path.join(out, 'last.safetensors'))

describe.skipIf(!nativeAddon() && !process.env['CI'])('a run that is killed in an epoch and resumed', () => {
  it.each([
    ['resnet18', 64, 'everything', null],
    ['mobilenet-v2', 64, 'everything', null],
    ['dinov2-small', 224, 'everything', null],
    // Its blocks have stochastic depth, which is still where it is frozen: what lies before the head comes from the cache.
    ['efficientnet-b0', 64, 'head-only', 'avgpool'],
  ] as const)('ends in the same bytes: %s', async (backbone, side, plan, cut) => {
    const photos = folder.path(`${backbone}-photos`)
    await drawTinyPhotos(photos, 16, 4)
    const config = await configOf(backbone, side, plan)
    const train = (out: string) => ['train', photos, '--config', config, '--out', out, '--json']

    const undisturbed = folder.path(`${backbone}-undisturbed`)
    const whole = await thaw(train(undisturbed), { env: env() })
    expect(whole).toMatchObject({ code: 0 })
    expect((objects(whole)[0] as unknown as RunEventOf<'plan'>).cut).toBe(cut)

    const out = folder.path(`${backbone}-killed`)
    const running = startThaw(train(out), { env: env() })
    await running.line('"checkpoint"')
    running.child.kill('SIGKILL')
    await running.ended
    const resumed = await thaw(['resume', out, '--json'], { env: env() })
    expect(resumed).toMatchObject({ code: 0 })
    expect((await lastOf(out)).equals(await lastOf(undisturbed))).toBe(true)
  })
})
