import type { WorkContext } from '../jobs/works.ts'
import type { Beside } from './desk.ts'

/** What a job that computes beside a training tells the desk. @param needs bytes that it will take */
export const besideOf = ({ signal, onProgress }: WorkContext, needs: number): Beside => ({
  needs,
  signal,
  onCrowded: (crowded: boolean) => onProgress({ crowded }),
})
