import type { ActSummary } from '../../shared/decisions.ts'
import { useText } from '../i18n/index.ts'
import type { MessageKey } from '../i18n/index.ts'

const keys: Record<ActSummary['code'], MessageKey> = {
  labelled: 'photoRoom.didLabelled',
  relabelled: 'photoRoom.didRelabelled',
  unlabelled: 'photoRoom.didUnlabelled',
  labelledEach: 'photoRoom.didLabelledEach',
  leftOut: 'photoRoom.didLeftOut',
  takenBack: 'photoRoom.didTakenBack',
  parted: 'photoRoom.didParted',
  partedTogether: 'photoRoom.didPartedTogether',
  splitDrawn: 'photoRoom.didSplitDrawn',
  cropped: 'photoRoom.didCropped',
  uncropped: 'photoRoom.didUncropped',
  renamed: 'photoRoom.didRenamed',
  merged: 'photoRoom.didMerged',
  restored: 'photoRoom.didRestored',
  grouped: 'photoRoom.didGrouped',
  moved: 'photoRoom.didMoved',
  sourceAdded: 'sources.didAdd',
  sourceRemoved: 'sources.didRemove',
}
const parts: Record<string, MessageKey> = { train: 'photos.train', val: 'photos.val', test: 'photos.test' }

/** What an act did, in the person's language. */
export function useActWords() {
  const { t } = useText()
  return ({ code, parameters }: ActSummary): string => {
    const part = parts[String(parameters.part)]
    const told = { ...parameters, n: Number(parameters.count ?? 1), ...(part && { part: t(part) }) }
    return t(keys[code], told)
  }
}
