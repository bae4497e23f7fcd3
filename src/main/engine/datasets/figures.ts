import type { Outcome } from '../../../shared/api/datasets.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../shared/dataset.ts'
import type { FindingKind } from '../../../shared/findings.ts'

/** What is known of photos beside what a scan sees and a person decided, by path. Never changed, only replaced. */
export interface Figures {
  /** Kinds of findings that are open. */
  findings: ReadonlyMap<string, readonly FindingKind[]>
  /** What the newest run that was asked says. */
  answers: ReadonlyMap<string, { class: string; probability: number }>
  /** How sure a probe is of the label, from 0 to 1. */
  certainty: ReadonlyMap<string, number>
  /** How far it lies from all others. */
  unusual: ReadonlyMap<string, number>
}

export const noFigures: Figures = {
  findings: new Map(),
  answers: new Map(),
  certainty: new Map(),
  unusual: new Map(),
}

/** What a run's answer is worth by the label of now; a photo without a label has no outcome. */
export function outcomeOf(
  { classes }: Pick<BrowsedDataset, 'classes'>,
  photo: Pick<BrowsedPhoto, 'path' | 'class'>,
  { answers }: Figures,
): Outcome {
  const answer = answers.get(photo.path)
  if (!answer || photo.class === null) return 'unasked'
  return answer.class === classes[photo.class] ? 'right' : 'wrong'
}
