import path from 'node:path'
import { expect, it } from 'vitest'
import { Filings } from '../../../../src/main/engine/filing/filings.ts'
import type { WorkContext } from '../../../../src/main/engine/jobs/works.ts'
import type { Library } from '../../../../src/main/engine/library/context.ts'
import { carryOut, takeBack } from '../../../../src/main/engine/library/filings.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

it('Filing and undoing count photos, as the list does, and not what goes along with them', async () => {
  const photos = ['a', 'b'].map((name) => folder.path('in', `${name}.jpg`))
  for (const photo of photos) {
    await put(photo, photo)
    await put(`${photo}.xmp`, 'sidecar')
  }
  const filings = new Filings(folder.path('filings'))
  const plan = await filings.plan({
    photos: photos.map((file) => ({ file, class: 'ants' })),
    ...{ how: 'move', target: folder.path('sorted'), pattern: '{class}/{name}', clash: 'number' },
    dayOf: () => Promise.resolve(''),
  })
  expect(plan.acts.map(({ from }) => path.extname(from))).toEqual(['.jpg', '.xmp', '.jpg', '.xmp'])
  const library = { filings, emit: () => undefined } as unknown as Library
  const told: unknown[] = []
  const context: WorkContext = {
    ...{ job: '', signal: new AbortController().signal },
    onProgress: ({ progress }) => told.push(progress),
  }
  const steps = [1, 2].map((done) => ({ done, total: 2 }))
  expect(await carryOut(library, { filing: plan.id }, context)).toMatchObject({ done: 2 })
  expect(told.splice(0)).toEqual(steps)
  expect(await takeBack(library, { filing: plan.id }, context)).toMatchObject({ undone: 2 })
  expect(told).toEqual(steps)
})
