import { starterModel } from '../../../../src/shared/api/features.ts'
import { expect, it } from 'vitest'
import { Findings } from '../../../../src/main/engine/store/findings.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
const by = { model: starterModel, backbone: 'efficientnet-lite0' }

it('What was dismissed stays so when a dataset is checked again, also in other order and with other figures', async () => {
  const findings = new Findings(folder.path('findings'))
  expect(await findings.of('garden')).toEqual({ checked: null, by: null, findings: [] })
  const blurred = { finding: 'blurred' as const, photos: ['a.jpg'], detail: { sharpness: 3 } }
  const copies = { finding: 'duplicate' as const, photos: ['a.jpg', 'b.jpg'], detail: { copies: 2 } }
  await findings.keep('garden', [blurred, copies], by)
  const [first, second] = (await findings.of('garden')).findings
  await findings.dismiss('garden', [second!.id], true)
  await findings.keep('garden', [{ ...copies, photos: ['b.jpg', 'a.jpg'], detail: {} }, blurred], by)
  const again = await findings.of('garden')
  expect(again.by).toEqual(by)
  expect(again.findings.map((it) => [it.finding, it.dismissed])).toEqual([
    ['duplicate', true],
    ['blurred', false],
  ])
  expect(again.findings[1]!.id).toBe(first!.id)
  await findings.dismiss('garden', [second!.id], false)
  expect((await findings.of('garden')).findings.some((it) => it.dismissed)).toBe(false)
  expect((await findings.of('meadow')).findings).toEqual([])
})
