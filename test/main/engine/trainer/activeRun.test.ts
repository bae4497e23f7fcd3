import { expect, test } from 'vitest'
import { ActiveRun } from '../../../../src/main/engine/trainer/activeRun.ts'
import { Turns } from '../../../../src/main/engine/trainer/turns.ts'
import type { RunEvent } from '../../../../src/shared/run.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

test('Who hears that a run has started finds it by its id, and can pause it at once', async () => {
  const heard: (string | undefined)[] = []
  const started = { type: 'started', run: 'a-run', folder: folder.path('a-run') } as RunEvent
  const active: ActiveRun = new ActiveRun(
    {
      emit: () => undefined,
      turns: new Turns(),
      onEvent: () => heard.push(active.run),
    },
    async function* () {
      yield await Promise.resolve(started)
    },
  )
  await active.started
  await active.ended
  expect(heard).toEqual(['a-run'])
})
