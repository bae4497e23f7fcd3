import type { KeptFinding } from '../../../shared/api/findings.ts'
import type { FindingKind } from '../../../shared/findings.ts'

/** Kinds whose photos are copies of each other: one of them is enough. */
const copyKinds: readonly FindingKind[] = ['duplicate', 'near-duplicate', 'leak', 'two-classes']
export const areCopies = (kind: FindingKind): boolean => copyKinds.includes(kind)

/** Photos that are in the dataset: what is gone or cannot be read can be neither labelled nor left out. */
const present = ({ photos, pictures }: KeptFinding): string[] => photos.filter((_, i) => pictures[i] != null)

/** Whether leaving photos out answers a finding. */
export const canBeLeftOut = (finding: KeptFinding): boolean =>
  finding.finding !== 'similar-class-names' && present(finding).length > (areCopies(finding.finding) ? 1 : 0)

/** What is left out to answer one finding: all of its photos, of copies all but the first. */
export const leftOutBy = (finding: KeptFinding): string[] =>
  present(finding).slice(areCopies(finding.finding) ? 1 : 0)

/**
 * What is left out to answer many findings at once. Copies that several findings share are told apart: of each finding at least one
 * photo stays, and one that stays for one finding is not left out for another where that can be helped.
 */
export function leftOutByAll(findings: readonly KeptFinding[]): string[] {
  const out = new Set<string>()
  const kept = new Set<string>()
  for (const finding of findings) {
    const photos = present(finding)
    if (!areCopies(finding.finding)) {
      for (const photo of photos) out.add(photo)
      continue
    }
    const staying = photos.find((photo) => kept.has(photo)) ?? photos.find((photo) => !out.has(photo))
    if (staying === undefined) continue
    kept.add(staying)
    for (const photo of photos) if (!kept.has(photo)) out.add(photo)
  }
  return [...out]
}

export interface Relabelling {
  photos: string[]
  classes: string[]
  findings: string[]
}

/** Likely mislabels whose suggestion is at least so sure, with what each becomes. */
export function relabelledBy(findings: readonly KeptFinding[], line: number): Relabelling {
  const sure = findings.filter(
    (it) =>
      it.finding === 'likely-mislabel' && Number(it.detail['probability']) >= line && present(it).length > 0,
  )
  return {
    photos: sure.map((it) => it.photos[0]!),
    classes: sure.map((it) => String(it.detail['suggested'])),
    findings: sure.map((it) => it.id),
  }
}
