import { describe, expect, it } from 'vitest'
import { plainError, ThawError } from '../../src/shared/errors.ts'
import { because } from '../../src/shared/reasons.ts'
import { tellError } from '../../src/shared/tellError.ts'

describe('an error in words', () => {
  it('says its reason in the language of its sentence', () => {
    const error = new ThawError('weights.truncated', {
      file: 'a.pth',
      ...because('bytes-missing', { bytes: 12 }),
    })
    expect(error.message).toBe('“a.pth” is cut short: 12 bytes at its end are missing.')
    expect(tellError(plainError(error), 'en').message).toBe(error.message)
    expect(tellError(plainError(error), 'ko').message).toBe(
      '“a.pth”는 끝이 잘려 있습니다: 끝의 12바이트가 없음.',
    )
  })

  it('says what is busy in the language of its sentence', () => {
    const busy = plainError(new ThawError('busy', { what: 'the-trainer' }))
    expect(busy.message).toBe('The trainer is at work already.')
    expect(tellError(busy, 'ko').message).toBe('학습 프로세스가 이미 작업 중입니다.')
  })

  it('quotes what another program said, in Korean', () => {
    const error = plainError(new ThawError('gpu.failed', { reason: 'CUDA_ERROR_NO_DEVICE' }))
    expect(error.message).toBe('The graphics card is not used: CUDA_ERROR_NO_DEVICE.')
    expect(tellError(error, 'ko').message).toBe('그래픽 카드를 쓰지 않습니다: “CUDA_ERROR_NO_DEVICE”.')
  })

  it('leaves a person’s own name alone, also where it is a code', () => {
    const error = new ThawError('run.missing', { run: 'is-empty' })
    expect(error.message).toBe('There is no run “is-empty”.')
  })
})
