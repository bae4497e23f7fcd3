import { describe, expect, it } from 'vitest'
import { deviceError } from '../../../../src/main/engine/backend/memoryError.ts'
import { ThawError } from '../../../../src/shared/errors.ts'

/** Recorded: those of the processor here, with TensorFlow 2.21; those of cards and of WebAssembly from reports of others. */
const recorded = {
  'the processor':
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1048576,1048576] and type float on /job:localhost/replica:0/task:0/device:CPU:0 by allocator mklcpu',
  'a card':
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1,187,103,4] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
  'a card whose driver says so':
    'Invalid TF_Status: 13\nMessage: failed to allocate memory: CUDA_ERROR_OUT_OF_MEMORY: out of memory',
  cuDNN: 'Invalid TF_Status: 13\nMessage: Could not create cudnn handle: CUDNN_STATUS_ALLOC_FAILED',
  WebAssembly: 'WebAssembly.Memory.grow(): Maximum memory size exceeded',
  JavaScript: 'Array buffer allocation failed',
}

const told = (message: string, parts: number, fits: number): ThawError => {
  const error = deviceError(new Error(message), 'NVIDIA GeForce RTX 3060', parts, fits)
  expect(error).toBeInstanceOf(ThawError)
  return error as ThawError
}

describe('an error of the device', () => {
  it.each(Object.entries(recorded))('is about memory where %s says so', (_, message) => {
    expect(told(message, 32, 8)).toMatchObject({
      code: 'backend.memory',
      parameters: { device: 'NVIDIA GeForce RTX 3060', parts: 32, batch: 8 },
    })
  })

  it('names a smaller batch even where the forecast saw room for a larger one', () => {
    expect(told(recorded['a card'], 32, 1024).parameters['batch']).toBe(16)
    expect(told(recorded['a card'], 33, 1024).parameters['batch']).toBe(32)
    expect(told(recorded['a card'], 2, 1024).parameters['batch']).toBe(1)
  })

  it('advises otherwise where a single photo is too much', () => {
    expect(told(recorded['a card'], 1, 4).code).toBe('backend.memory-least')
  })

  it('tells which operation cannot be repeated exactly', () => {
    const message =
      'Invalid TF_Status: 12\nMessage: A deterministic GPU implementation of DepthwiseConvBackpropFilter is not currently available.'
    const error = told(message, 8, 8)
    expect(error.code).toBe('gpu.not-deterministic')
    expect(error.message).toContain('DepthwiseConvBackpropFilter')
  })

  it('is left as it is where it is about something else', () => {
    const shapes = new Error('Invalid TF_Status: 3\nMessage: Incompatible shapes: [2] vs. [3]')
    expect(deviceError(shapes, 'x', 8, 8)).toBe(shapes)
    const known = new ThawError('run.diverged', { batch: 1, epoch: 1 })
    expect(deviceError(known, 'x', 8, 8)).toBe(known)
    expect(deviceError('thrown', 'x', 8, 8)).toBe('thrown')
  })
})
