import type { PlantedFault } from './fault.ts'
import { fault } from './fault.ts'

const groups = 'main/engine/datasets/groups'
const decide = 'main/engine/datasets/decide'
const scan = 'main/engine/datasets/scan'
const datasets = 'main/engine/store/datasets'
const library = 'main/engine/library/library'
const photosRoom = 'renderer/views/photosRoom'
const splitDialog = 'renderer/components/photos/splitDialog'

/** Faults in what a person decides about many photos at once, and in where these come from. */
export const plantedInActs: readonly PlantedFault[] = [
  fault(
    'a pattern that was set may take forever',
    'main/engine/datasets/namePattern.ts',
    "isSlow ? 'slow-pattern' : 'no-pattern'",
    "isSlow ? 'no-pattern' : 'slow-pattern'",
    decide,
  ),
  fault(
    'what a pattern does not find is a group',
    'main/engine/datasets/namePattern.ts',
    '(found[1] ?? found[0])) || undefined',
    '(found[1] ?? found[0])) ?? undefined',
    groups,
  ),
  fault(
    'a name and a scan are written over each other',
    'main/engine/store/datasets.ts',
    'this.writing.then(work)',
    'work()',
    datasets,
  ),
  fault(
    'a dataset that was removed comes back by its scan',
    'main/engine/store/datasets.ts',
    'if (replaces !== undefined && !before)',
    'if (replaces === undefined && !before && !dataset)',
    datasets,
  ),
  fault(
    'an archive that is gone counts as there',
    'main/engine/store/datasets.ts',
    '(await exists(summary.place))',
    '(await exists(summary.folder))',
    datasets,
  ),
  fault(
    'archives beside class folders are passed over in silence',
    'main/engine/datasets/candidates.ts',
    "new Set(['.', ...folders.map((folder) => path.posix.dirname(folder.path))])",
    'new Set<string>()',
    scan,
  ),
  fault(
    'rules being set are thrown away by any act',
    'renderer/components/photos/SplitDialog.vue',
    '() => JSON.stringify(grouping.rules)',
    '() => grouping.rules',
    splitDialog,
  ),
  fault(
    'a split is drawn of what is left out too',
    'main/engine/library/groups.ts',
    'photo.class !== null && !photo.out',
    'photo.class !== null',
    library,
  ),
  fault(
    'a class can be left without a photo to train with',
    'main/engine/datasets/split.ts',
    'const most = units.length - 1',
    'const most = units.length',
    groups,
  ),
  fault(
    'no share takes a photo all the same',
    'main/engine/datasets/split.ts',
    'share > 0 && units.length > 1',
    'units.length > 1',
    groups,
  ),
  fault(
    'photos that are left out leak',
    'main/engine/datasets/leaks.ts',
    '!photo.out && photo.class !== null',
    'photo.class !== null',
    groups,
  ),
  fault(
    'a class of one photo is told to be one group',
    'main/engine/datasets/leaks.ts',
    'groupsOfClass[i] === 1 && sizes[i]! > 1',
    'groupsOfClass[i] === 1',
    groups,
  ),
  fault(
    'all further sources are one folder',
    'main/engine/datasets/groups.ts',
    "folders.filter((name) => name === '..').length",
    '0',
    groups,
  ),
  fault(
    'the dialog of the split draws none',
    'renderer/views/photos/SplitActs.vue',
    '@draw="acts.drawSplit"',
    '',
    photosRoom,
  ),
  fault(
    'a crop is taken off the shown photo alone',
    'renderer/views/photos/WorkTab.vue',
    'all ? undefined : [path]',
    '[path]',
    photosRoom,
  ),
  fault(
    'a photo that is named twice is cropped twice',
    'main/engine/library/groups.ts',
    'const each = [...new Set(photos)]',
    'const each = photos',
    library,
  ),
  fault(
    'a group of classes is not checked where nothing is judged',
    'main/commands/classify.ts',
    'if (!sorting) await requireGroups(groups, model)',
    '',
    'engine/filing',
  ),
]
