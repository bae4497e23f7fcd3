import { appendFile, mkdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { appendDecisions, readDecisions } from '../../../../src/main/engine/store/classifications.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

async function aClassification(name: string): Promise<string> {
  await mkdir(folder.path(name))
  return folder.path(name)
}

it('a person’s last word on a photo counts, and one that was taken back does not', async () => {
  const place = await aClassification('words')
  await appendDecisions(place, [
    { index: 0, answer: 'cat' },
    { index: 1, answer: null },
  ])
  await appendDecisions(place, [{ index: 0, answer: 'dog' }, { index: 1 }])
  expect([...(await readDecisions(place))]).toEqual([[0, 'dog']])
})

it('a decision that was cut off by a full disk costs none of those that follow', async () => {
  const place = await aClassification('torn')
  await appendDecisions(place, [{ index: 0, answer: 'cat' }])
  await appendFile(`${place}/decisions.jsonl`, '{"index":1,"ans')
  await appendDecisions(place, [{ index: 2, answer: 'dog' }])
  await appendDecisions(place, [{ index: 3, answer: 'cat' }])
  expect([...(await readDecisions(place)).keys()]).toEqual([0, 2, 3])
})
