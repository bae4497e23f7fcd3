/** Why the camera gives no picture, as the key of its sentence. */
export type CameraProblem =
  'classify.noCamera' | 'classify.cameraRefused' | 'classify.cameraBusy' | 'classify.cameraNotHere'

const problems: Record<string, CameraProblem> = {
  NotAllowedError: 'classify.cameraRefused',
  SecurityError: 'classify.cameraRefused',
  NotFoundError: 'classify.noCamera',
  OverconstrainedError: 'classify.noCamera',
}

/** @param error what `getUserMedia` was refused with; all that is left has to do with the device itself (NotReadableError, AbortError) */
export const cameraProblem = (error: unknown): CameraProblem =>
  problems[error instanceof DOMException ? error.name : ''] ?? 'classify.cameraBusy'
