import type { PlantedFault } from './fault.ts'
import { fault } from './fault.ts'

const several = 'main/engine/datasets/severalSources'
const sources = 'main/engine/datasets/sources'
const groups = 'main/engine/datasets/groups'
const library = 'main/engine/library/library'
const checks = 'main/engine/findings/checks'

/** Faults in what the photo room stands on: where photos come from, what is decided about them, what is found wrong. */
export const plantedInPhotos: readonly PlantedFault[] = [
  fault(
    'a further source that is gone is passed over in silence',
    'main/engine/datasets/sources.ts',
    'missing.push(source)',
    '',
    several,
  ),
  fault(
    'a changed sidecar is no change',
    'main/engine/datasets/watchSources.ts',
    ' && photo.sidecar === file.sidecar',
    '',
    library,
  ),
  fault(
    'a verdict holds whatever its sidecar says now',
    'main/engine/datasets/verdicts.ts',
    'JSON.stringify([file, bytes, modified, sidecar])',
    'JSON.stringify([file, bytes, modified, null])',
    library,
  ),
  fault(
    'a folder that vanishes is not noticed while it is watched',
    'main/engine/datasets/watchSources.ts',
    'if (now === before) return undefined',
    'if (now !== undefined) return undefined',
    several,
  ),
  fault(
    'a camera’s photo is written over another one',
    'main/engine/datasets/received.ts',
    'constants.COPYFILE_EXCL',
    '0',
    several,
  ),
  fault(
    'a list is written over what is there',
    'main/engine/datasets/exported.ts',
    "if (isThere) throw new ThawError('export.there-already', { file })",
    '',
    several,
  ),
  fault(
    'what is exported becomes photos of the dataset',
    'main/engine/datasets/exported.ts',
    'isWithin(it, target)',
    'false',
    several,
  ),
  fault(
    'crops get lost in an exported list',
    'main/engine/datasets/exported.ts',
    'photo.split, cropText(photo)]',
    "photo.split, '']",
    several,
  ),
  fault(
    'photos left out since a run are not told',
    'main/engine/datasets/since.ts',
    'if (photo.out) differences.leftOut.push(before.path)',
    '',
    'main/engine/datasets/since',
  ),
  fault(
    'another crop since a run is not told',
    'main/engine/datasets/since.ts',
    'JSON.stringify(photo.crop) !== JSON.stringify(before.crop)',
    'false',
    'main/engine/datasets/since',
  ),
  fault(
    'classes renamed since a run count as relabelled by their place',
    'main/engine/datasets/since.ts',
    'label !== classes[before.class]',
    'photo.class !== before.class',
    'main/engine/datasets/since',
  ),
  fault(
    'photos of two cameras are one burst',
    'main/engine/datasets/groups.ts',
    "photos[i]!.camera ?? ''",
    "''",
    groups,
  ),
  fault(
    'a burst ends before its last second',
    'main/engine/datasets/groups.ts',
    '<= seconds * 1000',
    '< seconds * 1000',
    groups,
  ),
  fault(
    'the same bytes are no group',
    'main/engine/datasets/groups.ts',
    'values.push(`bytes ${photo.hash}`)',
    '',
    groups,
  ),
  fault(
    'a class of one group is taken from training whole',
    'main/engine/datasets/split.ts',
    'share > 0 && units.length > 1',
    'share > 0',
    groups,
  ),
  fault(
    'a class whose groups are all large has nothing to validate with',
    'main/engine/datasets/split.ts',
    "of('val')(smallest!)",
    '',
    groups,
  ),
  fault(
    'a journal’s line is believed whatever its checksum',
    'main/engine/datasets/journal.ts',
    ' || line.slice(0, 8) !== checksumOf(text)',
    '',
    'main/engine/datasets/journal',
  ),
  fault(
    'a photo whose keywords say two classes gets one of them',
    'main/engine/datasets/keywords.ts',
    'said.size === 1 && only !== undefined',
    'only !== undefined',
    sources,
  ),
  fault(
    'a list in any code page is read as if it were UTF-8',
    'main/engine/datasets/list.ts',
    '{ fatal: true }',
    '{}',
    sources,
  ),
  fault(
    'an archive may grow without end',
    'main/engine/unzip.ts',
    'written > most',
    'written < 0',
    'main/engine/unzip',
  ),
  fault(
    'pictures in two parts are no leak',
    'main/engine/findings/copies.ts',
    'parts.length < 2',
    'parts.length < 3',
    checks,
  ),
  fault(
    'a dark photo is also called blurred',
    'main/engine/findings/looks.ts',
    'isLit(photo) && photo.sharpness',
    'photo.sharpness',
    checks,
  ),
  fault(
    'a scan goes on while a page waits for pictures',
    'main/engine/datasets/judge.ts',
    'pool.hold(isBusy)',
    'undefined',
    'main/engine/datasets/scan',
  ),
  fault(
    'another dataset’s acts are taken for this one’s',
    'renderer/stores/photoRoom.ts',
    'if (id !== dataset.value) return',
    '',
    'renderer/stores/photoRoom',
  ),
]
