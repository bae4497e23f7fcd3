import type { PlantedFault } from './fault.ts'
import { fault } from './fault.ts'

const groups = 'main/engine/datasets/groups'
const decide = 'main/engine/datasets/decide'
const scan = 'main/engine/datasets/scan'
const datasets = 'main/engine/store/datasets'
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
]
