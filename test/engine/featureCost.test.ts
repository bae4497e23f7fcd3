import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { nativeAddon, starterWeights } from '../../src/main/engine/backend/vendor.ts'
import { checkoutRoot, engineOfCheckout } from '../../src/main/host/engineFiles.ts'
import { starterModel } from '../../src/shared/api/features.ts'
import { aHost, photosIn } from '../support/engine/host.ts'

describe.skipIf(!nativeAddon() || !starterWeights())('What a network costs', () => {
  test('is what of a dataset’s photos it has not looked at yet, at the speed that was measured here', async () => {
    const { client, home } = await aHost(undefined, { engine: engineOfCheckout(checkoutRoot()) })
    const folder = await photosIn(path.join(home, '..', 'photos'), ['ants', 'bees'], 3)
    const { id: dataset } = await client.call('datasets.add', { folder })
    const cost = () => client.call('features.cost', { dataset, model: starterModel })
    expect(await cost()).toEqual({ photos: 8, kept: 0, photosPerSecond: null })

    const done = async (asked: { kind: 'relate' | 'speed' }) => {
      const input =
        asked.kind === 'relate' ? { dataset, model: starterModel } : { network: 'efficientnet-lite0' }
      const { job } = await client.call('jobs.start', { ...asked, ...input, subject: '' })
      await expect
        .poll(async () => (await client.call('jobs.get', { job })).ended, { timeout: 120_000, interval: 200 })
        .not.toBeNull()
      expect(await client.call('jobs.get', { job })).toMatchObject({ state: 'done', error: null })
    }
    await done({ kind: 'relate' })
    await done({ kind: 'speed' })
    const { photosPerSecond, ...kept } = await cost()
    expect(kept).toEqual({ photos: 8, kept: 8 })
    expect(photosPerSecond).toBeGreaterThan(0)

    // Another crop is another view, which nobody has looked at.
    await client.call('datasets.decide', {
      ...{ dataset, photos: ['train/ants/0.jpg'] },
      act: { type: 'crop', box: { left: 0, top: 0, width: 0.5, height: 0.5 } },
    })
    expect(await cost()).toMatchObject({ photos: 8, kept: 7 })
    const file = path.join(home, 'gone.safetensors')
    await expect(
      client.call('features.cost', { dataset, model: { file, labels: null } }),
    ).rejects.toMatchObject({ code: 'weights.missing' })
  })
})
