import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { settingsOf } from '../../../src/main/commands/settings.ts'
import { temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()

async function json(name: string, value: unknown): Promise<string> {
  const file = folder.path(name)
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value))
  return file
}

it('Flags win over the file, and the file over the defaults', async () => {
  const config = await json('a.json', { epochs: 3, seed: 9, weights: 'w.pth', schedule: { kind: 'cosine' } })
  expect(await settingsOf({ config, epochs: 4, augment: 'none' })).toMatchObject({
    epochs: 4,
    seed: 9,
    batch: 32,
    augmentation: 'none',
    weights: path.resolve('w.pth'),
    schedule: { kind: 'cosine', floor: 0 },
  })
})

it('A plan is a name, a JSON file, or stands in the settings', async () => {
  const plan = await json('plan.json', { '': 'frozen', fc: 0.01 })
  const read = { '': { learningRate: 'frozen' }, fc: { learningRate: 0.01 } }
  expect((await settingsOf({ plan: 'recipe' })).plan).toBe('recipe')
  expect((await settingsOf({ plan })).plan).toEqual(read)
  expect(
    (await settingsOf({ config: await json('b.json', { plan: { '': 'frozen', fc: 0.01 } }) })).plan,
  ).toEqual(read)
  expect((await settingsOf({ config: await json('c.json', { plan: 'everything' }), plan })).plan).toEqual(
    read,
  )
})

it('An augmentation is a name, a JSON file, or stands in the settings', async () => {
  const list = [{ name: 'RandomGrayscale', p: 0.3 }]
  const read = { transforms: [{ name: 'RandomGrayscale', p: 0.3 }] }
  expect((await settingsOf({ augment: 'strong' })).augmentation).toBe('strong')
  expect((await settingsOf({ augment: await json('list.json', list) })).augmentation).toEqual(read)
  const config = await json('whole.json', { augmentation: { transforms: list, views: 2 } })
  expect((await settingsOf({ config })).augmentation).toEqual({ ...read, views: 2 })
  expect((await settingsOf({ config, augment: 'none' })).augmentation).toBe('none')
})

it.each([
  [{ augmentation: [{ name: 'RandomCrop' }] }, 'augmentation.unknown'],
  [{ augmentation: [{ name: 'RandomErasing', scale: [1, 0] }] }, 'augmentation.value'],
  [{ augmentation: { views: 2 } }, 'augmentation.invalid'],
])('An augmentation that does not fit has errors of its own: %j', async (value, code) => {
  await expect(settingsOf({ config: await json('bad.json', value) })).rejects.toMatchObject({ code })
  const augment = await json('augment.json', value.augmentation)
  await expect(settingsOf({ augment })).rejects.toMatchObject({ code })
})

it.each([
  [{ epochs: 'x', momentum: 2 }, 'config.invalid', /epochs, momentum/],
  [{ epochs: -1 }, 'config.invalid', /epochs: at least 0\./],
  [{ momentum: 2 }, 'config.invalid', /momentum: (less than|at most) 1\./],
  [{ optimizer: 'x' }, 'config.invalid', /optimizer: known are sgd, /],
  [{ epochs: 'x' }, 'config.invalid', /epochs: another kind of value is expected \(number\)\./],
  [{ epoch: 2 }, 'config.invalid', /no setting named epoch\./],
  [{ plan: 'haed' }, 'plan.invalid', /“haed” is none of head-only/],
  [{ plan: { fc: -1 } }, 'plan.invalid', /: fc: /],
  [[1], 'config.invalid', /is not a JSON object/],
  ['{', 'config.invalid', /is not JSON/],
])('What does not fit is named: %j', async (value, code, reason) => {
  await expect(settingsOf({ config: await json('bad.json', value) })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(reason) as string,
  })
})
