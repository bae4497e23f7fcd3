import type { Answer, Classified, ReviewSettings, Verdict } from '../../../shared/api/classify.ts'
import { calibrated, conformalLimit, setOf } from './conformal.ts'
import { strangerLimit } from './strangers.ts'

/** What validation photos say of a network's answers. */
export interface Calibration {
  temperature: number
  /** 1 − p(right class) of validation photos, cross-fitted, ascending. */
  scores: readonly number[]
  /** Of validation photos from the training photos, ascending; empty where nobody measured. */
  distances: readonly number[]
}

export interface Judgement {
  verdict: Exclude<Verdict, 'decided' | 'none'>
  /** The class or group it is filed by; null: it is left to a person. */
  answer: string | null
  /**
   * The likeliest classes with the probabilities that it was judged by: calibrated where validation photos say how. These alone are
   * shown, compared and written into tables, so that what a person reads is what decided.
   */
  top: Answer[]
  /** The first of these, as many as the promise needs. */
  set: Answer[]
}

export type Judge = (answer: Pick<Classified, 'top' | 'error' | 'distance'>) => Judgement

/** The one group that holds all these classes; undefined if there is none. */
function groupOf(set: readonly Answer[], groups: ReviewSettings['groups']): string | undefined {
  return groups.find(({ classes }) => set.every((answer) => classes.includes(answer.class)))?.name
}

/** Tells by a photo's distance from the training photos whether it is a stranger; none is where nobody measured. */
export function strangerTest(
  { keep }: Pick<ReviewSettings, 'keep'>,
  calibration: Calibration | null,
): (distance: number | null) => boolean {
  const farthest = calibration && keep !== null ? strangerLimit(calibration.distances, keep) : Infinity
  return (distance) => distance !== null && distance > farthest
}

/**
 * Decides what is left to a person. With validation photos: strangers by their distance, then whether the promise needs more than
 * one class, unless all it needs are of one group. Without them the first class's probability decides.
 */
export function judgeBy(settings: ReviewSettings, calibration: Calibration | null): Judge {
  const limit = calibration ? conformalLimit(calibration.scores, settings.promise) : 0
  const isStranger = strangerTest(settings, calibration)
  return ({ top, error, distance }) => {
    if (error || top.length === 0) return { verdict: 'unreadable', answer: null, top: [], set: [] }
    const likely = calibration ? calibrated(top, calibration.temperature) : [...top]
    const set = calibration ? setOf(likely, limit) : unsureSet(likely, settings.unsureBelow)
    const told = { top: likely, set }
    if (isStranger(distance)) return { verdict: 'stranger', answer: null, ...told }
    if (set.length === 1) return { verdict: 'sure', answer: set[0]!.class, ...told }
    const group = groupOf(set, settings.groups)
    return group === undefined
      ? { verdict: 'unsure', answer: null, ...told }
      : { verdict: 'group', answer: group, ...told }
  }
}

/** As many of the likeliest classes as together reach the probability that one alone should have. */
function unsureSet(top: readonly Answer[], atLeast: number): Answer[] {
  let sum = 0
  const enough = top.findIndex(({ probability }) => (sum += probability) >= atLeast)
  return top.slice(0, enough === -1 ? top.length : enough + 1)
}
