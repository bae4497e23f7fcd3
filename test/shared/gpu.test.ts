import { describe, expect, it } from 'vitest'
import { Settings } from '../../src/shared/api/app.ts'
import { Environment } from '../../src/shared/run.ts'
import { environment } from '../support/engine/records.ts'

describe('how a graphics card computes', () => {
  it('is repeatable unless a person chooses otherwise', () => {
    expect(Settings.parse({}).gpu).toBe('deterministic')
  })

  it('is not told by runs from before there were cards: the processor computed', () => {
    const before = { ...environment, gpu: undefined }
    expect(Environment.parse(before).gpu).toBeNull()
  })
})
