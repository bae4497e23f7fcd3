import { expect, test, vi } from 'vitest'
import type { KnowledgeRequest } from '../../../../src/main/engine/classify/knowledge.ts'
import { askValidation } from '../../../../src/main/engine/classify/knowledge.ts'
import { fitTemperature } from '../../../../src/shared/evaluation/temperature.ts'

let answers: Float32Array[] = []
vi.mock('../../../../src/main/engine/classify/logits.ts', () => ({
  // eslint-disable-next-line @typescript-eslint/require-await -- as the real one
  logitsOf: async function* () {
    for (const logits of answers) yield { logits }
  },
}))

const targets = [0, 1, 1, 0, 1, 0, 1, 0]

/** What validation photos of these classes say, the logit of the right class above the other by so much. */
async function known(gaps: readonly number[]) {
  answers = gaps.map((gap, i) => Float32Array.from(targets[i] === 0 ? [gap, 0] : [0, gap]))
  const photos = targets.map((label, i) => ({ path: `val/${i}.jpg`, split: 'val', class: label }))
  const record = { dataset: { folder: '/photos', photos }, config: { seed: 1 } }
  const labelled = { labels: ['ants', 'bees'], temperature: 1 }
  const request = { record, labelled, mirrored: false } as unknown as KnowledgeRequest
  return (await askValidation(request))!
}

test('Where every validation photo is answered rightly a run’s answers are left as sure as they are', async () => {
  const { temperature, probabilities } = await known([1, 2, 0.5, 1, 3, 0.25, 1, 2])
  expect(temperature).toBe(1)
  expect(probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12)
})

test('With a wrong one among them they are corrected by the temperature that the photos tell', async () => {
  const gaps = [1, 2, 0.5, -0.5, 3, 0.25, 1, 2]
  const { temperature } = await known(gaps)
  const logits = gaps.flatMap((gap, i) => (targets[i] === 0 ? [gap, 0] : [0, gap]))
  expect(temperature).toBe(fitTemperature(logits, targets, 2))
})
